import type { TokenCost } from './action-cost.ts';

/** Tokens that values may add beyond their bytes; `undefined` where one of them has no bound. */
export function extraTokens(
  extras: TokenCost['input']['extras'],
  params: Readonly<Record<string, unknown>>,
): number | undefined {
  let sum = 0;
  for (const [place, tokensOf] of Object.entries(extras)) {
    for (const value of valuesAt(params, place.split('.'))) {
      if (typeof value !== 'string' || !Object.hasOwn(tokensOf, value)) return undefined;
      sum += tokensOf[value] ?? 0;
    }
  }
  return sum;
}

/** All values at a place but null; places that the parameters do not have hold none. */
function valuesAt(value: unknown, [step, ...rest]: readonly string[]): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (step === undefined) return [value];
  if (step === '*') return Array.isArray(value) ? value.flatMap((item) => valuesAt(item, rest)) : [];
  if (typeof value !== 'object' || !Object.hasOwn(value, step)) return [];
  return valuesAt((value as Readonly<Record<string, unknown>>)[step], rest);
}
