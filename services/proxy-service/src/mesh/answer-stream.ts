import {
  type AdapterStreamEnd,
  adapterStreamEndSchema,
  adapterStreamEnds,
  adapterStreamProblemSchema,
} from '@4runr/contracts/call';
import { problemMediaType } from '@4runr/contracts/problem';
import { type OpenServiceResponse, ServiceCallError, type ServiceResponse } from '@4runr/service-kit/client';
import { EventStreamError, readEvents, type ServerSentEvent } from '@4runr/service-kit/sse';
import { type AnswerPieces, addTime, type ResolvedCall } from '../domain/call.ts';
import { lostAnswer, toCallFailure, toLostCall } from './call-failure.ts';

/**
 * The pieces of an adapter's streamed answer (`adapterStreamEnds`); what its end tells is noted at the call.
 *
 * @param startedAt when it was asked for, in milliseconds on the monotonic clock
 * @throws ProblemError as `AdapterClient.carryOut`, where the answer breaks off; its `dispatched` is never `no`
 * @throws ClientGoneError when the client has gone
 */
export async function* readPieces(
  body: AsyncIterable<Buffer>,
  call: ResolvedCall,
  startedAt: number,
): AnswerPieces {
  const upstream: { toldMs?: number } = {};
  let hasEnded = false;
  try {
    for await (const event of readEvents(body)) {
      if (event.event === undefined) yield event.data;
      else hasEnded = readEnd(event, call, upstream);
    }
  } catch (error) {
    // Whatever happens to the connection after the end is not the call's any more.
    if (!hasEnded) throw toBrokenOff(error, call);
  } finally {
    // Without an end that tells, all of the time was the provider's.
    addTime(call.observed.timings, 'upstream', upstream.toldMs ?? performance.now() - startedAt);
  }
  if (!hasEnded) throw lostAnswer(effectOf(call), new Error('the adapter ended an answer in its middle'));
}

/** @throws ProblemError what the event tells of, or that it tells nothing that is understood */
function readEnd({ event, data }: ServerSentEvent, call: ResolvedCall, upstream: { toldMs?: number }): true {
  switch (event) {
    case adapterStreamEnds.end: {
      noteEnd(parseWith(adapterStreamEndSchema, data, call), call, upstream);
      return true;
    }
    case adapterStreamEnds.problem: {
      const end = parseWith(adapterStreamProblemSchema, data, call);
      noteEnd(end, call, upstream);
      // As if it had been the answer.
      const { problem } = end;
      throw toCallFailure(
        { status: problem.status, headers: { 'content-type': problemMediaType }, body: problem },
        effectOf(call),
      );
    }
    default:
      throw lostAnswer(effectOf(call), new Error('the adapter sent an event that nobody knows'));
  }
}

function noteEnd(
  { usage, upstreamMs }: AdapterStreamEnd,
  { observed }: ResolvedCall,
  upstream: { toldMs?: number },
): void {
  upstream.toldMs = upstreamMs;
  if (usage !== undefined) observed.usage = usage;
}

function parseWith<T>(schema: { parse(value: unknown): T }, data: string, call: ResolvedCall): T {
  try {
    return schema.parse(JSON.parse(data));
  } catch (cause) {
    throw lostAnswer(effectOf(call), new Error('the adapter ended an answer in an unknown form', { cause }));
  }
}

function toBrokenOff(error: unknown, call: ResolvedCall): unknown {
  if (error instanceof ServiceCallError) return toLostCall(error, call);
  return error instanceof EventStreamError ? lostAnswer(effectOf(call), error) : error;
}

function effectOf({ action }: ResolvedCall) {
  return action.manifest.effect;
}

/** Longest answer in place of a stream that is read, in bytes: what an adapter says of a failure. */
const bytesMax = 65_536;

/** An answer that has turned out to be no stream, as a whole; without a body where that is too long, or breaks off. */
export async function gatherAnswer({ status, headers, body }: OpenServiceResponse): Promise<ServiceResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > bytesMax) break;
      chunks.push(chunk);
    }
    return { status, headers, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return { status, headers, body: undefined };
  }
}
