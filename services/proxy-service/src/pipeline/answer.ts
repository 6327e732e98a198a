import type { CallResponse } from '@4runr/contracts/call';
import type { CompletedCall, ReceivedCall } from '../domain/call.ts';

/** What the agent is told of a call that was carried out. */
export function toAnswer(call: ReceivedCall, completed: CompletedCall): CallResponse {
  return {
    data: completed.result,
    meta: {
      callId: call.callId,
      tool: call.toolName,
      action: call.actionName,
      cache: call.observed.cache ?? 'bypass',
      attempts: call.observed.attempts ?? 0,
      durationMs: Math.round((performance.now() - call.startedAt) * 100) / 100,
      traceId: call.traceId,
    },
  };
}
