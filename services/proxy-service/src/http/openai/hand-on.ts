import { startDeadline } from '@4runr/service-kit/client';
import { ProblemError, toProblemError } from '@4runr/service-kit/errors';
import { formatEvent, writeInTurn } from '@4runr/service-kit/sse';
import type { Response } from 'express';
import { ClientGoneError, type ReceivedCall, type StreamedCall } from '../../domain/call.ts';
import type { Outcome } from '../../pipeline/outcome.ts';

/** What a client has beyond the stream's own time limit, whose end the adapter tells of, in milliseconds. */
const marginMs = 2_000;

/**
 * Writes the pieces as events (`text/event-stream`), each when it comes and no faster than the client reads, and leaves the end to
 * be written. When the client leaves, so does the stream. Never rejects.
 */
export async function handOn(
  response: Response,
  { signal }: Pick<ReceivedCall, 'signal'>,
  { pieces, timeoutMs }: StreamedCall,
): Promise<Outcome> {
  response.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
  const deadline = startDeadline(timeoutMs + marginMs, signal);
  try {
    for await (const piece of pieces) await writeInTurn(response, formatEvent({ data: piece }), deadline);
    return { kind: 'completed' };
  } catch (error) {
    if (deadline.reason() === 'aborted' || error instanceof ClientGoneError) return { kind: 'abandoned' };
    return {
      kind: 'failed',
      problem: deadline.reason() === 'timeout' ? unread(error) : toProblemError(error),
    };
  } finally {
    deadline.clear();
  }
}

function unread(cause: unknown): ProblemError {
  const detail = 'The answer was not read in time.';
  return new ProblemError('upstream.timeout', { detail, cause, extensions: { dispatched: 'yes' } });
}
