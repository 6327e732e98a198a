import { pipeline, Readable, type Transform } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { createBrotliCompress, createDeflate, createDeflateRaw, createGzip } from 'node:zlib';
import { textInCharset } from './charsets.ts';
import { document, type Page, redirect } from './page.ts';

/** Pages that a client has to take care with; their addresses say how: a number is at most nine digits. */
const makers: readonly (readonly [RegExp, (host: string, ...parts: string[]) => Page | undefined])[] = [
  [/^\/redirects\/(\d{1,9})$/, (_host, left = '') => nextRedirect(Number(left))],
  [/^\/redirects\/forever$/, () => redirect(302, '/redirects/forever')],
  [
    /^\/slow\/(\d{1,9})$/,
    (host, ms = '') => ({ ...document(host, 'Slow', `It took ${ms} ms.`), delayMs: limited(ms, delayMsMax) }),
  ],
  [/^\/drip\/(\d{1,9})$/, (_host, ms = '') => text(drip(limited(ms, delayMsMax)))],
  [/^\/bytes\/(\d{1,9})$/, (_host, bytes = '') => text(repeated(limited(bytes, bytesMax)))],
  [
    /^\/(gzip|deflate|deflate-raw|br)\/(\d{1,9})$/,
    (_host, coding = '', bytes = '') => compressed(coding, repeated(limited(bytes, bytesMax))),
  ],
  [/^\/charset\/([\w-]+)$/, (_host, charset = '') => inCharset(charset, 'header')],
  [/^\/charset\/([\w-]+)\/undeclared$/, (_host, charset = '') => inCharset(charset, 'document')],
];

/** The page at a path of a host, if it is one of these. */
export function trickyPageAt(host: string, path: string): Page | undefined {
  for (const [pattern, make] of makers) {
    const found = pattern.exec(path);
    if (found !== null) return make(host, ...found.slice(1));
  }
  return undefined;
}

const delayMsMax = 300_000;
const bytesMax = 67_108_864;

function limited(number: string, max: number): number {
  return Math.min(Number(number), max);
}

const redirectStatuses = [301, 302, 303, 307, 308];

/** A chain that ends at the page `/`, by each of the statuses in turn, absolute and relative addresses by turns. */
function nextRedirect(left: number): Page {
  const target = left > 1 ? `/redirects/${left - 1}` : '/';
  return redirect(redirectStatuses[left % redirectStatuses.length] ?? 302, target);
}

function text(body: AsyncIterable<Buffer>, headers: Readonly<Record<string, string>> = {}): Page {
  return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body };
}

const dripParts = 20;

/** A text whose twenty parts come one by one, for so long. */
async function* drip(forMs: number): AsyncGenerator<Buffer, void, void> {
  for (let part = 1; part <= dripParts; part += 1) {
    yield Buffer.from(`part ${part}\n`);
    await pause(forMs / dripParts, undefined, { ref: false });
  }
}

const chunkBytes = 65_536;

/** So many bytes of the same letter. */
async function* repeated(bytes: number): AsyncGenerator<Buffer, void, void> {
  const chunk = Buffer.alloc(chunkBytes, 'a');
  for (let left = bytes; left > 0; left -= chunkBytes) yield chunk.subarray(0, Math.min(left, chunkBytes));
}

/** The two kinds of `deflate` that servers send (RFC 9110 section 8.4.1.2), and the other codings. */
const codings: Readonly<Record<string, readonly [name: string, create: () => Transform]>> = {
  gzip: ['gzip', createGzip],
  deflate: ['deflate', createDeflate],
  'deflate-raw': ['deflate', createDeflateRaw],
  br: ['br', createBrotliCompress],
};

/** Whether or not its reader says that it can read this. */
function compressed(name: string, body: AsyncIterable<Buffer>): Page | undefined {
  const coding = codings[name];
  if (coding === undefined) return undefined;
  const [contentCoding, create] = coding;
  return text(
    pipeline(Readable.from(body), create(), () => {}),
    { 'Content-Encoding': contentCoding },
  );
}

/** A text in a charset that the head names, or the document alone. */
function inCharset(charset: string, declaredIn: 'header' | 'document'): Page | undefined {
  const body = textInCharset(charset, declaredIn === 'document');
  if (body === undefined) return undefined;
  const type = declaredIn === 'header' ? `text/html; charset=${charset}` : 'text/html';
  return { status: 200, headers: { 'Content-Type': type }, body };
}
