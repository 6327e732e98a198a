import type { RequestHandler, Response } from 'express';
import type { ReceivedCall } from '../domain/call.ts';
import { toAnswer } from '../pipeline/answer.ts';
import { outcomeOf, type Unanswered } from '../pipeline/outcome.ts';
import { createRecorder } from '../pipeline/record.ts';
import { createCallPipeline } from '../pipeline/steps.ts';
import { endOfCall } from './call-end.ts';
import { setCallHeaders } from './call-headers.ts';
import { createCallReceiver } from './received-call.ts';
import type { RouteParts } from './routes.ts';
import { serializeResult } from './serialize-result.ts';

/** `POST /v1/tools/{tool}/{action}`: receives a call, runs its steps, records what came of it, then responds. */
export function callTool(parts: RouteParts): RequestHandler {
  const receive = createCallReceiver(parts);
  const steps = createCallPipeline(parts);
  const record = createRecorder(parts);
  return async (request, response) => {
    const { tool, action } = request.params;
    const end = endOfCall(response);
    const call = receive(request, response, {
      ...{ toolName: String(tool), actionName: String(action) },
      takesStream: false,
      onEnd: end.onEnd,
    });
    try {
      const outcome = await outcomeOf<Answered>(async () => ({
        kind: 'completed',
        body: serializeResult(toAnswer(call, await steps.run(call))),
      }));
      await record(call, outcome);
      if (!call.signal.aborted) respond(response, call, outcome);
    } finally {
      end.arrive();
    }
  };
}

type Answered = { readonly kind: 'completed'; readonly body: string };

/** @throws ProblemError the failure, which is rendered where all are */
function respond(response: Response, call: ReceivedCall, outcome: Answered | Unanswered): void {
  setCallHeaders(response, call);
  if (outcome.kind === 'failed') throw outcome.problem;
  if (outcome.kind === 'completed') response.type('json').send(outcome.body);
}
