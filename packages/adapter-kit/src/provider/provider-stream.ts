import type { OpenAnswer } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import type { ProviderRequest, ProviderResponse } from './provider-request.ts';

export interface ProviderStreamRequest extends Omit<ProviderRequest, 'bytesMax'> {
  /** Longest wait for the head of the answer, in milliseconds. */
  readonly headTimeoutMs: number;
  /** Longest silence within the answer while it is read, in milliseconds. */
  readonly idleTimeoutMs: number;
}

/** An answer whose body is still coming. */
export interface ProviderStream extends Omit<OpenAnswer, 'body'> {
  /** Read no faster than its reader asks; whoever leaves it early ends the exchange. Throws ProblemError where it breaks off. */
  readonly body: AsyncIterable<Buffer>;
}

/** Longest answer to a stream's request that is read as a whole: what a provider says of a failure. */
const bytesMax = 1_048_576;

/** The whole answer. @throws ProblemError `response.too_large` beyond 1 MiB, and what reading it throws */
export async function gatherStream({ body, ...head }: ProviderStream): Promise<ProviderResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new ProblemError('response.too_large');
    chunks.push(chunk);
  }
  return { ...head, body: Buffer.concat(chunks, bytes) };
}
