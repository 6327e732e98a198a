import type { RequestHandler, Response } from 'express';
import type { CompletedCall, ReceivedCall, StreamedCall } from '../../domain/call.ts';
import { type Outcome, outcomeOf, type Unanswered } from '../../pipeline/outcome.ts';
import { createRecorder } from '../../pipeline/record.ts';
import { createStreamingPipeline } from '../../pipeline/steps.ts';
import { endOfCall } from '../call-end.ts';
import { setCallHeaders } from '../call-headers.ts';
import { createCallReceiver } from '../received-call.ts';
import type { RouteParts } from '../routes.ts';
import { serializeResult } from '../serialize-result.ts';
import { handOn } from './hand-on.ts';
import { lastEvent } from './last-event.ts';

/**
 * `POST /openai/v1/chat/completions`: a call of `openai:chat` in OpenAI's own form, whole or streamed. It goes the way of every
 * call and is recorded as one; a streamed one when its stream has ended, before the client hears of the end.
 */
export function completeChat(parts: RouteParts): RequestHandler {
  const receive = createCallReceiver(parts);
  const steps = createStreamingPipeline(parts);
  const record = createRecorder(parts);
  return async (request, response) => {
    const end = endOfCall(response);
    const call = receive(request, response, { ...chat, onEnd: end.onEnd });
    // What OpenAI's libraries show of a request.
    response.set('X-Request-Id', call.traceId);
    try {
      const answered = await outcomeOf(async () => toAnswered(await steps.run(call)));
      if (answered.kind === 'begun') return await stream(response, call, answered.streamed);
      await record(call, answered);
      if (!call.signal.aborted) respond(response, call, answered);
    } finally {
      end.arrive();
    }
  };

  async function stream(response: Response, call: ReceivedCall, streamed: StreamedCall): Promise<void> {
    setCallHeaders(response, call);
    const outcome = await handOn(response, call, streamed);
    if (outcome.kind === 'failed') parts.reportFailure(outcome.problem, response.req.path);
    await record(call, outcome);
    endStream(response, outcome);
  }
}

const chat = { toolName: 'openai', actionName: 'chat', takesStream: true };

type Completed = { readonly kind: 'completed'; readonly body: string };
type Begun = { readonly kind: 'begun'; readonly streamed: StreamedCall };

function toAnswered(answer: CompletedCall | StreamedCall): Completed | Begun {
  if ('pieces' in answer) return { kind: 'begun', streamed: answer };
  return { kind: 'completed', body: serializeResult(answer.result) };
}

/** @throws ProblemError the failure, which is rendered where all are */
function respond(response: Response, call: ReceivedCall, outcome: Unanswered | Completed): void {
  setCallHeaders(response, call);
  if (outcome.kind === 'failed') throw outcome.problem;
  if (outcome.kind === 'completed') response.set('Cache-Control', 'no-store').type('json').send(outcome.body);
}

/** Whoever has not read what came before would not read this either. */
function endStream(response: Response, outcome: Outcome): void {
  if (outcome.kind === 'abandoned' || response.writableNeedDrain) response.destroy();
  else response.end(lastEvent(outcome));
}
