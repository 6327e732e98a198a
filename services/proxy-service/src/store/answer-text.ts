import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import * as z from 'zod';
import type { KeptAnswer } from '../domain/cache/kept-answer.ts';

/** An answer together with the generation that it is kept under. */
export interface StampedAnswer extends KeptAnswer {
  readonly generation: string;
}

/** From this length on an answer is compressed, in characters: brotli at its fastest makes a quarter to a half of JSON. */
const compressedFrom = 16_384;

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);
const fastest = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MIN_QUALITY + 1 } };

const headSchema = z.strictObject({
  generation: z.string(),
  askedAtMs: z.number(),
  encoding: z.enum(['json', 'br']),
});
type Head = z.infer<typeof headSchema>;

/**
 * A text of two lines: what is known of the answer, and its JSON, which is base64 of brotli where it is long. Compressing takes
 * place in a thread of Node's pool.
 *
 * @param json of the answer
 */
export async function writeAnswer(json: string, stamp: Omit<StampedAnswer, 'unfiltered'>): Promise<string> {
  const isLong = json.length >= compressedFrom;
  const head: Head = { ...stamp, encoding: isLong ? 'br' : 'json' };
  const body = isLong ? (await compress(json, fastest)).toString('base64') : json;
  return `${JSON.stringify(head)}\n${body}`;
}

/** `undefined` of a text that is none of ours. @param bytesMax nothing is decompressed beyond it */
export async function readAnswer(text: string, bytesMax: number): Promise<StampedAnswer | undefined> {
  const end = text.indexOf('\n');
  try {
    const { encoding, ...stamp } = headSchema.parse(JSON.parse(text.slice(0, end)));
    const body = text.slice(end + 1);
    return { ...stamp, unfiltered: JSON.parse(encoding === 'br' ? await expand(body, bytesMax) : body) };
  } catch {
    return undefined;
  }
}

async function expand(base64: string, bytesMax: number): Promise<string> {
  const json = await decompress(Buffer.from(base64, 'base64'), { maxOutputLength: bytesMax });
  return json.toString('utf8');
}
