import type { ActionCost, Costs } from './action-cost.ts';

type Params = Readonly<Record<string, unknown>>;

const million = 1_000_000n;

/** An amount that may be beyond the numbers that are exact. */
export type Amount = bigint | undefined;

/**
 * What tokens, which are whole, cost with all that their call costs, in millionths of a US dollar, rounded up; `undefined` where
 * nobody knows the price of its model.
 */
export function priceOf(
  { usdMicrosPerCall, tokens }: ActionCost,
  params: Params,
  { input, output }: { readonly input: bigint; readonly output: bigint },
): Amount {
  const model = pricedModelOf({ tokens }, params);
  const price = model === undefined ? undefined : tokens?.prices?.perMillion[model];
  if (price === undefined) return undefined;
  const millionths = input * BigInt(price.input) + output * BigInt(price.output);
  return BigInt(usdMicrosPerCall ?? 0) + (millionths + million - 1n) / million;
}

/** The model of a call, if there is a price for it. */
export function pricedModelOf(
  cost: { readonly tokens?: ActionCost['tokens'] | undefined } | undefined,
  params: Params,
): string | undefined {
  const { param, perMillion } = cost?.tokens?.prices ?? {};
  if (param === undefined || perMillion === undefined || !Object.hasOwn(params, param)) return undefined;
  const model = params[param];
  return typeof model === 'string' && Object.hasOwn(perMillion, model) ? model : undefined;
}

/** Amounts as they travel; beyond 2^53 there are none. */
export function toCosts(of: { readonly tokens: Amount; readonly usdMicros: Amount }): Costs {
  const tokens = toNumber(of.tokens);
  const usdMicros = toNumber(of.usdMicros);
  return {
    ...(tokens === undefined ? {} : { tokens }),
    ...(usdMicros === undefined ? {} : { usdMicros }),
  };
}

function toNumber(amount: Amount): number | undefined {
  return amount === undefined || amount > Number.MAX_SAFE_INTEGER ? undefined : Number(amount);
}

/** The price of a call that has no tokens. */
export function priceOfCall(cost: ActionCost | undefined): Amount {
  return cost?.usdMicrosPerCall === undefined ? undefined : BigInt(cost.usdMicrosPerCall);
}
