import type { CallResponse } from '@4runr/contracts/call';
import { headers } from '@4runr/contracts/headers';
import type { RequestHandler, Response } from 'express';
import type { CompletedCall, ReceivedCall } from '../domain/call.ts';
import { type CallRecorder, createCallRecorder } from '../pipeline/record.ts';
import { createCallPipeline } from '../pipeline/steps.ts';
import { createCallReceiver } from './received-call.ts';
import type { RouteParts } from './routes.ts';
import { setTokenHeaders } from './token-headers.ts';

/** `POST /v1/tools/{tool}/{action}`: receives a call, runs its steps, records what came of it, then responds. */
export function callTool(parts: RouteParts): RequestHandler {
  const receive = createCallReceiver(parts.bodyBytesMax);
  const steps = createCallPipeline(parts);
  const record: CallRecorder = createCallRecorder(parts);
  return async (request, response) => {
    const call = receive(request, response);
    try {
      const completed = await steps.run(call);
      record.success(call);
      setCallHeaders(response, call);
      response.json(toAnswer(call, completed));
    } catch (error) {
      record.failure(call, error);
      setCallHeaders(response, call);
      throw error;
    }
  };
}

function setCallHeaders(response: Response, call: ReceivedCall): void {
  response.set(headers.serverTiming, formatServerTiming(call));
  if (call.observed.agent !== undefined) setTokenHeaders(response, call.observed.agent);
}

function toAnswer(call: ReceivedCall, completed: CompletedCall): CallResponse {
  return {
    data: completed.result,
    meta: {
      callId: call.callId,
      tool: call.toolName,
      action: call.actionName,
      cache: 'bypass',
      attempts: completed.attempts,
      durationMs: round(performance.now() - call.startedAt),
      traceId: call.traceId,
    },
  };
}

/** `auth;dur=0.12, policy;dur=1.3, adapter;dur=2.51, total;dur=4.1`, in milliseconds. */
function formatServerTiming({ observed, startedAt }: ReceivedCall): string {
  const { auth, policy, adapter } = observed.timings;
  return Object.entries({ auth, policy, adapter, total: performance.now() - startedAt })
    .flatMap(([name, duration]) => (duration === undefined ? [] : [`${name};dur=${round(duration)}`]))
    .join(', ');
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
