import type { Page } from './web-client.ts';

/** What both actions say of a page. */
export interface PageResult {
  readonly url: string;
  readonly redirects: readonly string[];
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers of the connection to the server, not of the page (RFC 9110 section 7.6.1), and cookies, which are for browsers. */
const droppedHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function toPageResult({ url, redirects, response }: Page): PageResult {
  const headers = Object.entries(response.headers).flatMap(([name, value]) =>
    value === undefined || droppedHeaders.has(name) ? [] : [[name, String(value)] as const],
  );
  return { url: url.href, redirects, status: response.status, headers: Object.fromEntries(headers) };
}
