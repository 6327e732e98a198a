import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { malformedAnswer, type ProviderResponse } from '@4runr/adapter-kit';
import { ProblemError } from '@4runr/service-kit/errors';

type Inflate = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const inflateZlib = promisify(inflate) as Inflate;
const inflateBare = promisify(inflateRaw) as Inflate;

const inflaters: Readonly<Record<string, Inflate>> = {
  gzip: promisify(gunzip) as Inflate,
  'x-gzip': promisify(gunzip) as Inflate,
  deflate: (body, options) => (hasZlibHeader(body) ? inflateZlib : inflateBare)(body, options),
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

/** Not all servers that say `deflate` send the zlib format (RFC 1950 section 2.2) that it stands for; browsers bear with it. */
function hasZlibHeader(body: Buffer): boolean {
  return body.length >= 2 && ((body[0] ?? 0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}
