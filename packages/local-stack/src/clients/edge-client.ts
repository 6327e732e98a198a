import { Agent, request } from 'undici';
import { type EdgeTrust, trustIn } from './edge-trust.ts';

export interface EdgeAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly ms: number;
}

export interface EdgeRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly token?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>;
}

/** Speaks to the edge over HTTPS. */
export interface EdgeClient {
  /** Base URL by which the edge is reached. */
  readonly url: string;
  /** Issuer and audience of tokens, and the audience of client assertions. */
  readonly issuer: string;
  /** Answers whatever the status. Rejects when no answer comes within 30 s. */
  send(path: string, request?: EdgeRequest): Promise<EdgeAnswer>;
  close(): Promise<void>;
}

/** @param options `issuer` where it is not the URL by which this client reaches the edge */
export function createEdgeClient(options: { url: string; issuer?: string } & EdgeTrust): EdgeClient {
  const dispatcher = new Agent({
    connect: trustIn(options),
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });
  return {
    url: options.url,
    issuer: options.issuer ?? options.url,
    close: () => dispatcher.close(),
    async send(path, { method = 'GET', token, json, form } = {}) {
      const begun = performance.now();
      const response = await request(`${options.url}${path}`, {
        dispatcher,
        method,
        headers: {
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        body: bodyOf(json, form),
      });
      const text = await response.body.text();
      return { status: response.statusCode, body: parse(text), ms: performance.now() - begun };
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function bodyOf(json: unknown, form: EdgeRequest['form']): string | null {
  if (json !== undefined) return JSON.stringify(json);
  return form === undefined ? null : new URLSearchParams(form).toString();
}
