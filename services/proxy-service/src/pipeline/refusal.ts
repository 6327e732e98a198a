import type { Refusal } from '@4runr/decision-ledger';
import type { ReceivedCall } from '../domain/call.ts';
import { type Outcome, statusOf } from './outcome.ts';

/** Where calls are recorded that came to their end before they were decided. */
export interface RefusalLog {
  /** Never fails and holds nobody up: what cannot be recorded now is counted. */
  record(refusal: Refusal): void;
}

/**
 * `undefined` of a call that policy has decided, and records, and of one that nobody authenticated made.
 *
 * @param names of tool and action, as far as an adapter has told of them
 */
export function refusalOf(
  call: ReceivedCall,
  outcome: Outcome,
  names: { readonly tool: string; readonly action: string },
): Refusal | undefined {
  const { agent, decisionId, timings } = call.observed;
  if (agent === undefined || decisionId !== undefined || outcome.kind === 'completed') return undefined;
  return {
    isAsked: timings.policy !== undefined,
    item: {
      kind: 'call',
      part: 'refusal',
      id: call.callId,
      agent: agent.id,
      ...names,
      role: agent.role,
      act: agent.act,
      traceId: call.traceId,
      outcome: outcome.kind,
      code: outcome.kind === 'failed' ? outcome.problem.code : null,
      status: statusOf(call, outcome),
      attempts: 0,
      durationMs: Math.round((performance.now() - call.startedAt) * 100) / 100,
      dispatched: 'no',
      cache: 'bypass',
    },
  };
}
