import {
  type ActionCall,
  malformedAnswer,
  type ProviderClient,
  type ProviderResponse,
  rejectedAnswer,
} from '@4runr/adapter-kit';
import type { EgressGuard } from '@4runr/egress-guard';
import { ProblemError } from '@4runr/service-kit/errors';
import { invalidParams } from '@4runr/service-kit/http';
import { forbiddenTarget } from './forbidden-target.ts';
import { permittedDomains } from './permitted-domains.ts';

export interface PageRequest {
  readonly method: 'GET' | 'HEAD';
  readonly url: string;
  readonly accept?: string;
  readonly acceptLanguage?: string;
}

export interface Page {
  /** Where the answer came from, after all redirects. */
  readonly url: URL;
  /** The URLs that redirected, in order. */
  readonly redirects: readonly string[];
  readonly response: ProviderResponse;
}

export interface WebClient {
  /**
   * Fetches a page. GET stays GET and HEAD stays HEAD, whichever status redirects (RFC 9110 section 15.4). Every hop is judged like the first: by the egress guard, and by the permit's domains. What a server
   * answers of the page (404, say) is a result.
   *
   * @throws ProblemError `target.forbidden`; `upstream.failed` for 429 and from 500 on; `upstream.rejected` after too many
   * redirects; `upstream.timeout`, `response.too_large`; `params.invalid` when the URL is none
   */
  fetch(call: ActionCall<unknown>, request: PageRequest): Promise<Page>;
}

const redirectsMax = 5;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function createWebClient(parts: {
  provider: ProviderClient;
  guard: Pick<EgressGuard, 'check'>;
  userAgent: string;
}): WebClient {
  const { provider, guard, userAgent } = parts;
  return {
    async fetch(call, request) {
      const assertPermitted = permittedDomains(call.obligations);
      const headers = toHeaders(request, userAgent);
      const redirects: string[] = [];
      for (let url = parseTarget(request.url); ; ) {
        assertAllowed(guard, url);
        assertPermitted(url);
        const response = await provider.request(call, { method: request.method, url, headers });
        const next = redirectOf(response, url);
        if (next === undefined) return { url, redirects, response: withoutFailure(response) };
        if (redirects.push(url.href) > redirectsMax) throw tooManyRedirects(response.status);
        url = next;
      }
    },
  };
}

function parseTarget(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw invalidParams([{ pointer: '/url', detail: 'is not a URL' }]);
  return url;
}

function assertAllowed(guard: Pick<EgressGuard, 'check'>, url: URL): void {
  try {
    guard.check(url);
  } catch (error) {
    throw forbiddenTarget(error) ?? error;
  }
}

function toHeaders({ accept, acceptLanguage }: PageRequest, userAgent: string): Record<string, string> {
  return {
    'user-agent': userAgent,
    accept: accept ?? '*/*',
    'accept-encoding': 'gzip, deflate, br',
    ...(acceptLanguage === undefined ? {} : { 'accept-language': acceptLanguage }),
  };
}

/**
 * Where an answer leads. `Location` is read as UTF-8, as browsers and `fetch` do, for the servers that do not escape what
 * lies beyond ASCII; without a fragment of its own it keeps the one asked for (RFC 9110 section 10.2.2).
 */
function redirectOf({ status, headers }: ProviderResponse, base: URL): URL | undefined {
  const { location } = headers;
  if (!redirectStatuses.has(status) || typeof location !== 'string') return undefined;
  const url = URL.parse(Buffer.from(location, 'latin1').toString('utf8'), base.href);
  if (url === null) throw malformedAnswer('The server redirects to something that is not a URL.');
  if (url.hash === '') url.hash = base.hash;
  return url;
}

function tooManyRedirects(upstreamStatus: number): ProblemError {
  const detail = `The server redirects more than ${redirectsMax} times.`;
  return new ProblemError('upstream.rejected', { detail, extensions: { upstreamStatus } });
}

function withoutFailure(response: ProviderResponse): ProviderResponse {
  if (response.status === 429 || response.status >= 500) throw rejectedAnswer(response);
  return response;
}
