import { type AdapterStreamEnd, type AdapterStreamProblem, adapterStreamEnds } from '@4runr/contracts/call';
import { toProblem } from '@4runr/contracts/problem';
import { formatEvent, type ServerSentEvent, writeInTurn } from '@4runr/service-kit/sse';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Response } from 'express';
import type { ActionCall } from '../action/action-call.ts';
import type { StreamEnd, StreamHandler } from '../adapter.ts';
import { toCallFailure } from './call-failure.ts';
import { checkUsage } from './check-usage.ts';

/**
 * Hands pieces on as they come, no faster than they are read, and ends with what became of the call (`adapterStreamEnds`).
 *
 * @throws what the handler throws before its first piece, or when the caller has gone
 */
export async function answerBitByBit(
  response: Response,
  call: ActionCall,
  handle: StreamHandler,
): Promise<void> {
  const pieces = handle(call);
  const first = await pieces.next();
  response.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
  const last = await writePieces(response, call, { first, pieces }).then(
    (end) => endEvent(end, call),
    (error: unknown) => problemEvent(error, call),
  );
  response.end(formatEvent(last));
}

async function writePieces(
  response: Response,
  call: ActionCall,
  { first, pieces }: { first: IteratorResult<string, StreamEnd>; pieces: ReturnType<StreamHandler> },
): Promise<StreamEnd> {
  let next = first;
  try {
    for (; next.done !== true; next = await pieces.next())
      await writeInTurn(response, formatEvent({ data: next.value }), call);
    return next.value;
  } finally {
    // Where its reader has gone, the provider is let go of.
    await pieces.return({});
  }
}

function endEvent({ usage }: StreamEnd, { logger, progress }: ActionCall): ServerSentEvent {
  const end: AdapterStreamEnd = { ...checkUsage(logger, usage), upstreamMs: round(progress.upstreamMs) };
  return { event: adapterStreamEnds.end, data: JSON.stringify(end) };
}

/** The head has said 200: what went wrong stands in the last event. @throws the error where nobody is there to read it */
function problemEvent(error: unknown, { action, endedBy, logger, progress }: ActionCall): ServerSentEvent {
  if (endedBy() === 'aborted') throw error;
  const { code, detail, extensions, cause } = toCallFailure(error, 'read', progress);
  logger.warn({ err: cause, code, action }, 'an answer broke off');
  trace.getActiveSpan()?.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR });
  const problem = toProblem(code, { ...(detail === undefined ? {} : { detail }), extensions });
  const end: AdapterStreamProblem = { problem, upstreamMs: round(progress.upstreamMs) };
  return { event: adapterStreamEnds.problem, data: JSON.stringify(end) };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
