import type { ActionCost, Costs, TokenCost } from './action-cost.ts';
import { extraTokens } from './extra-tokens.ts';
import { type Amount, priceOf, priceOfCall, toCosts } from './price-tokens.ts';

type Params = Readonly<Record<string, unknown>>;

/** The most that a call uses of each cost; what has no bound is absent. */
export function boundCosts(cost: ActionCost | undefined, params: Params): Costs {
  if (cost?.tokens === undefined) return toCosts({ tokens: undefined, usdMicros: priceOfCall(cost) });
  const input = boundInput(cost.tokens, params);
  const output = boundOutput(cost.tokens, params);
  if (input === undefined || output === undefined) return {};
  return toCosts({ tokens: input + output, usdMicros: priceOf(cost, params, { input, output }) });
}

function boundInput({ input }: TokenCost, params: Params): Amount {
  const extra = extraTokens(input.extras, params);
  if (extra === undefined) return undefined;
  const bytes = new TextEncoder().encode(JSON.stringify(params)).length;
  return BigInt(bytes) + BigInt(input.perCall) + BigInt(extra);
}

function boundOutput({ output }: TokenCost, params: Params): Amount {
  const times = output.times === undefined ? 1 : wholeOf(params, output.times, 1);
  const limits = output.limits.map((name) => wholeOf(params, name, 0));
  if (times === undefined || limits.includes(undefined)) return undefined;
  const largest = Math.max(...limits.map((limit) => limit ?? 0));
  return BigInt(times) * BigInt(largest === 0 ? output.default : largest);
}

/** @returns `undefined` where something else than a number from 1 on is given */
function wholeOf(params: Params, name: string, absent: number): number | undefined {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  if (value === undefined || value === null) return absent;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : undefined;
}
