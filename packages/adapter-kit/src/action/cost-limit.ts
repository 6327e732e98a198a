import type { Params } from '@4runr/contracts/call';
import { type ActionCost, boundCosts, exceedsCosts } from '@4runr/contracts/cost';
import type { AdapterObligation, HandlerObligation, MaxCostObligation } from '@4runr/contracts/decision';
import { ProblemError } from '@4runr/service-kit/errors';

/**
 * Holds a call to what was taken of quotas for it, by the adapter's own bound: the caller may have reckoned with an older
 * manifest. Answers with the obligations that are left to the handler.
 *
 * @throws ProblemError `policy.denied` for a call that may use more, or nobody knows how much
 */
export function keepToCost(
  { cost, params }: { readonly cost: ActionCost | undefined; readonly params: Params },
  obligations: readonly AdapterObligation[],
): readonly HandlerObligation[] {
  const limits = obligations.filter(isMaxCost);
  if (limits.length > 0) {
    const bound = boundCosts(cost, params);
    for (const { costs } of limits) assertWithin(costs, bound);
  }
  return obligations.filter((obligation) => !isMaxCost(obligation));
}

function assertWithin(limit: MaxCostObligation['costs'], bound: MaxCostObligation['costs']): void {
  const isBounded = (Object.keys(limit) as (keyof typeof limit)[]).every((name) => bound[name] !== undefined);
  if (isBounded && !exceedsCosts(bound, limit)) return;
  throw new ProblemError('policy.denied', { detail: 'The call may use more than was permitted.' });
}

function isMaxCost(obligation: AdapterObligation): obligation is MaxCostObligation {
  return obligation.type === 'maxCost';
}
