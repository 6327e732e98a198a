import { readFileSync } from 'node:fs';
import { type Problem, problemSchema } from '@4runr/contracts/problem';
import { clientAssertionType } from '@4runr/contracts/token';
import {
  type AgentName,
  type ClientCredentials,
  createEdgeClient,
  readStackFile,
  requestToken,
  type StackFile,
  signAssertion,
} from '@4runr/local-stack';
import { Agent, request } from 'undici';
import { e2e } from './config.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
  /** The edge's HTTPS listener is asked unless this says `http`. */
  readonly over?: 'http' | 'https';
  /** Gives the request up. */
  readonly signal?: AbortSignal;
}

/** PEM of the authority behind the edge's HTTPS. */
export const edgeCertificates = readFileSync(stack().edge.ca, 'utf8');

const dispatcher = new Agent({
  // As our own clients: of HTTP/2, undici drops an answer that has come when the other side closes right after it.
  allowH2: false,
  connect: { ca: edgeCertificates },
  headersTimeout: 20_000,
  bodyTimeout: 20_000,
});

/** The running stack as `stack.json` says it now. */
export function stack(): StackFile {
  const described = readStackFile(e2e.folder.stackFile);
  if (described === undefined) throw new Error('the stack is not running');
  return described;
}

/** Asks the edge. Any status is an answer. */
export async function ask(
  path: string,
  { method = 'GET', headers, body, over = 'https', signal }: Ask = {},
): Promise<Answer> {
  const response = await request(`${stack().edge[over]}${path}`, {
    dispatcher,
    method,
    headers: { ...headers },
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.body.text();
  return { status: response.statusCode, headers: response.headers, text, json: parse(text) };
}

/** The bytes of an answer as they come; fails unless its status is 200. */
export async function openStream(
  path: string,
  { headers, over = 'https' }: Pick<Ask, 'headers' | 'over'>,
): Promise<AsyncIterable<Buffer>> {
  const url = `${stack().edge[over]}${path}`;
  const { statusCode, body } = await request(url, { dispatcher, headers: { ...headers } });
  if (statusCode !== 200) throw new Error(`${statusCode}: ${await body.text()}`);
  return body;
}

const tokens = new Map<string, string>();

/** An access token of a demonstration agent or of the operator; one for all tests of a file. */
export async function tokenOf(name: AgentName | 'operator'): Promise<string> {
  const { operator, agents } = stack();
  const token = tokens.get(name) ?? (await fetchToken(name === 'operator' ? operator : agents[name]));
  tokens.set(name, token);
  return token;
}

/** A fresh access token of a client. @throws TokenRefusedError */
export async function fetchToken(credentials: ClientCredentials): Promise<string> {
  const { edge } = stack();
  const client = createEdgeClient({ url: edge.https, caFile: edge.ca });
  try {
    return await requestToken(client, credentials);
  } finally {
    await client.close();
  }
}

/** What the token endpoint answers an agent that proves itself by `private_key_jwt`. */
export async function askForToken(name: AgentName): Promise<Answer> {
  const { edge, agents } = stack();
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: clientAssertionType,
    client_assertion: await signAssertion(edge.https, agents[name]),
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return ask('/oauth/token', { method: 'POST', headers, body: form.toString() });
}

export interface ToolCall extends Ask {
  readonly by?: AgentName | 'operator';
  /** Instead of a token of `by`. */
  readonly token?: string;
}

/** Calls `tool/action` with parameters as an agent, the scraper unless said otherwise. */
export async function callTool(action: string, params: unknown, options: ToolCall = {}): Promise<Answer> {
  const { by = 'scraper', token, ...request } = options;
  return ask(`/v1/tools/${action}`, {
    method: 'POST',
    body: JSON.stringify(params),
    ...request,
    headers: {
      authorization: `Bearer ${token ?? (await tokenOf(by))}`,
      'content-type': 'application/json',
      ...request.headers,
    },
  });
}

/** Asks for something of operators, in JSON. */
export async function askAsOperator(
  path: string,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  body?: object,
): Promise<Answer> {
  return ask(path, {
    method,
    headers: {
      authorization: `Bearer ${await tokenOf('operator')}`,
      // Changes of agents and policies ask for it; any state will do.
      ...(method === 'PATCH' ? { 'if-match': '*' } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The problem document of an answer; fails when the answer is none. */
export function problemOf(answer: Answer): Problem {
  const problem = problemSchema.parse(answer.json);
  if (problem.status !== answer.status) throw new Error(`status ${answer.status}, problem ${problem.status}`);
  return problem;
}

/** The code of a failure, of a problem document or of OAuth's; else the status. */
export function codeOf({ status, json }: Answer): string {
  const { code, error } = (json ?? {}) as { code?: string; error?: string };
  return code ?? error ?? String(status);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
