import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { malformedAnswer, type ProviderResponse } from '@4runr/adapter-kit';
import { ProblemError } from '@4runr/service-kit/errors';

/** A page's body in the form in which JSON can carry it. */
export type Content =
  | { readonly encoding: 'text'; readonly content: string }
  | { readonly encoding: 'json'; readonly content: unknown }
  | { readonly encoding: 'base64'; readonly content: string };

type Inflate = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const inflaters: Readonly<Record<string, Inflate>> = {
  gzip: promisify(gunzip) as Inflate,
  'x-gzip': promisify(gunzip) as Inflate,
  deflate: promisify(inflate) as Inflate,
  br: promisify(brotliDecompress) as Inflate,
};

const codingsMax = 2;

/**
 * Undoes the content codings of a body, in reverse (RFC 9110 section 8.4).
 *
 * @throws ProblemError `response.too_large` when it grows beyond `bytesMax`; `upstream.failed` when it is corrupt or coded
 * in a way that was not asked for
 */
export async function decompressBody({ headers, body }: ProviderResponse, bytesMax: number): Promise<Buffer> {
  const codings = String(headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',');
  if (codings.length > codingsMax) throw malformedAnswer('The server has coded the body too often.');
  let decoded = body;
  for (const coding of codings.map((name) => name.trim()).reverse()) {
    if (coding === '' || coding === 'identity' || decoded.length === 0) continue;
    const decompress = inflaters[coding];
    if (decompress === undefined)
      throw malformedAnswer('The server used a content coding that was not asked for.');
    decoded = await decompress(decoded, { maxOutputLength: bytesMax }).catch(throwDecompressionFailure);
  }
  return decoded;
}

function throwDecompressionFailure(cause: NodeJS.ErrnoException): never {
  if (cause.code === 'ERR_BUFFER_TOO_LARGE') throw new ProblemError('response.too_large', { cause });
  throw malformedAnswer('The compressed body is corrupt.', cause);
}

/** Text in its own charset, JSON parsed, everything else as base64. */
export function toContent(body: Buffer, contentType: string | undefined): Content {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (!isText(type, body)) return { encoding: 'base64', content: body.toString('base64') };
  const content = decodeText(body, charsetOf(contentType, type, body));
  return isJson(type) ? parsed(content) : { encoding: 'text', content };
}

function isText(type: string | undefined, body: Buffer): boolean {
  if (type === undefined || type === '') return isUtf8(body) && !body.includes(0);
  return (
    /^text\/|^application\/(javascript|ecmascript|x-www-form-urlencoded|xml)$|\+xml$/.test(type) ||
    isJson(type)
  );
}

function isJson(type: string | undefined): boolean {
  return type !== undefined && /^(application|text)\/([\w.+-]+\+)?json$/.test(type);
}

/** The charset that the header names, else the one in an HTML document's first kilobyte, else UTF-8. */
function charsetOf(contentType: string | undefined, type: string | undefined, body: Buffer): string {
  const named = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  if (named !== undefined) return named;
  if (type !== 'text/html' && type !== 'application/xhtml+xml') return 'utf-8';
  const head = body.subarray(0, 1_024).toString('latin1');
  return /<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i.exec(head)?.[1] ?? 'utf-8';
}

/** A byte order mark counts more than any name (WHATWG Encoding); a charset that nobody knows is read as UTF-8. */
function decodeText(body: Buffer, charset: string): string {
  const marked =
    body[0] === 0xff && body[1] === 0xfe
      ? 'utf-16le'
      : body[0] === 0xfe && body[1] === 0xff
        ? 'utf-16be'
        : undefined;
  try {
    return new TextDecoder(marked ?? charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

function parsed(content: string): Content {
  try {
    return { encoding: 'json', content: JSON.parse(content) };
  } catch {
    return { encoding: 'text', content };
  }
}
