import type { CallOutcome } from '@4runr/contracts/audit';
import type { Costs } from '@4runr/contracts/cost';
import type { Dispatched } from '@4runr/contracts/problem';
import type { Consumption } from '@4runr/decision-ledger';
import { isServedByOthers } from '../domain/cache/cache-handling.ts';
import type { Observed, ReceivedCall } from '../domain/call.ts';
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
  const {
    agent,
    recordedAt,
    attempts = 0,
    cache = 'bypass',
    cacheHandling,
    usage,
    hasUntoldCosts,
  } = call.observed;
  if (agent === undefined || recordedAt === undefined) return undefined;
  const dispatched = dispatchedOf(outcome, call.observed);
  // An answer of the cache counts as a call.
  const isGivenBack = dispatched === 'no' && cacheHandling?.kind !== 'hit';
  const used = usedOf(call, outcome);
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
      ...(usage === undefined ? {} : { usage }),
      ...(isGivenBack || used.usdMicros === undefined ? {} : { usdMicros: used.usdMicros }),
    },
    consumption: { isGivenBack, used: hasUntoldCosts === true ? {} : used },
  };
}

/** Whoever does not know counts it as dispatched: nothing is given back that may have been used. */
export function dispatchedOf(
  outcome: Outcome,
  { attempts = 0, cacheHandling }: Pick<Observed, 'attempts' | 'cacheHandling'>,
): Dispatched {
  const isAnothers = cacheHandling?.kind === 'forwarded' && cacheHandling.isCollapsed;
  if (attempts === 0 && !isAnothers) return 'no';
  switch (outcome.kind) {
    case 'completed':
      return 'yes';
    case 'failed':
      return outcome.problem.extensions.dispatched ?? 'maybe';
    case 'abandoned':
      return 'maybe';
  }
}

const nothing: Costs = { tokens: 0, usdMicros: 0 };

/**
 * What is known to be used of costs; what is not stays as it was reserved. Tokens that an adapter reports count, whatever became of
 * the call after. An answer of an earlier call costs nothing, nor does one of the cache, unless the call has set off that it is fetched
 * anew, nor a request that the provider refused.
 */
export function usedOf({ observed }: Pick<ReceivedCall, 'observed'>, outcome: Outcome): Costs {
  const { cacheHandling, costs, replayOf, usage } = observed;
  if (isServedByOthers(cacheHandling) || replayOf !== undefined) return nothing;
  if (outcome.kind === 'failed' && usage === undefined)
    return isRefused(outcome.problem.extensions.upstreamStatus) ? nothing : {};
  if (costs === undefined || (outcome.kind === 'abandoned' && usage === undefined)) return {};
  return costs.countUsed(usage ?? {});
}

/** Statuses by which a provider says that it does not carry a request out; by others it may have, and charge for it. */
export function isRefused(upstreamStatus: number | undefined): boolean {
  if (upstreamStatus === undefined || upstreamStatus === 408) return false;
  return (upstreamStatus >= 400 && upstreamStatus < 500) || upstreamStatus === 503;
}
