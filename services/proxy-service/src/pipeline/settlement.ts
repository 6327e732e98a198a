import type { CallOutcome } from '@4runr/contracts/audit';
import type { Dispatched } from '@4runr/contracts/problem';
import type { Consumption, Usage } from '@4runr/decision-ledger';
import type { ReceivedCall } from '../domain/call.ts';
import { type Outcome, statusOf } from './outcome.ts';

/** What the ledger is told of a call when it has ended. */
export interface Settlement {
  readonly outcome: CallOutcome;
  readonly consumption: Consumption;
}

/** Where it is told what came of calls. */
export interface OutcomeLedger {
  /**
   * Settles what the call took, and records its outcome. Never rejects: what fails is tried again for a moment, in the
   * background. What cannot be told stays counted, and nobody knows its outcome.
   *
   * @returns when it is told, or has failed for the first time
   */
  settle(settlement: Settlement): Promise<void>;
}

/** `undefined` of a call that was never allowed: there is nothing to settle. */
export function settlementOf(call: ReceivedCall, outcome: Outcome): Settlement | undefined {
  const { agent, recordedAt, attempts = 0, cache = 'bypass', usage } = call.observed;
  if (agent === undefined || recordedAt === undefined) return undefined;
  const dispatched = dispatchedOf(outcome, attempts);
  return {
    outcome: {
      kind: 'call',
      part: 'outcome',
      id: call.callId,
      at: recordedAt,
      agent: agent.id,
      tool: call.toolName,
      action: call.actionName,
      outcome: outcome.kind,
      code: outcome.kind === 'failed' ? outcome.problem.code : null,
      status: statusOf(call, outcome),
      attempts,
      durationMs: Math.round((performance.now() - call.startedAt) * 100) / 100,
      dispatched,
      cache,
    },
    consumption: { isGivenBack: dispatched === 'no', used: usedOf(usage) },
  };
}

/** Whoever does not know counts it as dispatched: nothing is given back that may have been used. */
function dispatchedOf(outcome: Outcome, attempts: number): Dispatched {
  if (attempts === 0) return 'no';
  switch (outcome.kind) {
    case 'completed':
      return 'yes';
    case 'failed':
      return outcome.problem.extensions.dispatched ?? 'maybe';
    case 'abandoned':
      return 'maybe';
  }
}

/** Tokens as adapters of language models report them. What a call cost in money nobody tells yet. */
function usedOf(usage: Readonly<Record<string, number>> = {}): Usage {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return {};
  const tokens = Math.ceil(inputTokens + outputTokens);
  return Number.isSafeInteger(tokens) ? { tokens } : {};
}
