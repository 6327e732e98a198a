import type { ActionCost, Costs } from './action-cost.ts';
import { priceOf, priceOfCall, toCosts } from './price-tokens.ts';

/** What a provider says that a call has used, as adapters report it: whole tokens. */
export interface TokenUsage {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/** What a call that was carried out has used of each cost; what is not known is absent. */
export function usedCosts(
  cost: ActionCost | undefined,
  params: Readonly<Record<string, unknown>>,
  { inputTokens, outputTokens }: TokenUsage,
): Costs {
  if (cost !== undefined && cost.tokens === undefined)
    return toCosts({ tokens: undefined, usdMicros: priceOfCall(cost) });
  if (inputTokens === undefined || outputTokens === undefined) return {};
  const [input, output] = [BigInt(inputTokens), BigInt(outputTokens)];
  const usdMicros = cost === undefined ? undefined : priceOf(cost, params, { input, output });
  return toCosts({ tokens: input + output, usdMicros });
}

/** Whether more was used of a cost than the bound says. */
export function exceedsCosts(used: Costs, bound: Costs): boolean {
  return (['tokens', 'usdMicros'] as const).some((cost) => (used[cost] ?? 0) > (bound[cost] ?? Infinity));
}
