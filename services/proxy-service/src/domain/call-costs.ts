import type { Params, Usage } from '@4runr/contracts/call';
import { type ActionCost, boundCosts, type Costs, pricedModelOf, usedCosts } from '@4runr/contracts/cost';

/** What one call costs. */
export interface CallCosts {
  /** The most that it uses. */
  readonly bound: Costs;
  /** The model whose price counts; `other` where there is none: a closed set. */
  readonly model: string;
  /** What it has used, by what its adapter reports. */
  countUsed(usage: Usage): Costs;
}

export function costsOf(cost: ActionCost | undefined, params: Params): CallCosts {
  return {
    bound: boundCosts(cost, params),
    model: pricedModelOf(cost, params) ?? 'other',
    countUsed: (usage) => usedCosts(cost, params, usage),
  };
}
