import type { QuotaClaim, QuotaState, Reason } from '@4runr/contracts/decision';
import { type QuotaHolder, quotaKeysOf } from './ledger-keys.ts';

/** A quota, and how much of it one call takes. */
export interface LedgerClaim {
  readonly claim: QuotaClaim;
  /** Calls, tokens, or millionths of a dollar: a whole number. */
  readonly amount: number;
}

/** Sliding windows with a limit of up to so many know every single call. */
const exactLimitMax = 10_000;

const microsPerDollar = 1_000_000;

/** What a script is told of the quotas of one holder. */
export function toScriptClaims(
  holder: QuotaHolder,
  claims: readonly LedgerClaim[],
): { readonly keys: string[]; readonly arguments: string[] } {
  return {
    keys: claims.flatMap(({ claim }) => quotaKeysOf(holder, claim.key)),
    arguments: claims.flatMap(toArguments),
  };
}

/** @throws RangeError for an amount that is none: it could give away what others have taken */
function toArguments({ claim, amount }: LedgerClaim): string[] {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`not an amount: ${amount}`);
  const { policy, pointer, limit, windowSeconds, cost, key, per } = claim;
  const state = JSON.stringify({ policy, pointer, limit, windowSeconds, cost });
  return [
    shapeOf(claim),
    cost,
    String(amount),
    String(limitOf(claim)),
    String(windowSeconds * 1_000),
    JSON.stringify(policy),
    // The script adds what is left of it, and closes it.
    state.slice(0, -1),
    JSON.stringify(refusalOf(claim)),
    // The script adds what it takes, and where.
    JSON.stringify({ key, per }).slice(0, -1),
  ];
}

function shapeOf(claim: QuotaClaim): 'fixed' | 'exact' | 'coarse' {
  if (claim.algorithm === 'fixed') return 'fixed';
  return limitOf(claim) <= exactLimitMax ? 'exact' : 'coarse';
}

/** A limit in the unit of amounts. Beyond 2^53 numbers are not whole any more, and nobody spends that much. */
export function limitOf({ limit, cost }: Pick<QuotaClaim, 'limit' | 'cost'>): number {
  const inUnits = cost === 'usd' ? Math.floor(limit * microsPerDollar) : Math.floor(limit);
  return Math.min(inUnits, Number.MAX_SAFE_INTEGER);
}

/** How much of a quota had been used when a call asked for it, in the unit of amounts. @param taken what the call then took */
export function usedBefore({ limit, cost, remaining, overdrawn = 0 }: QuotaState, taken: number): number {
  const inUnits = (shown: number) => (cost === 'usd' ? Math.round(shown * microsPerDollar) : shown);
  return limitOf({ limit, cost }) - inUnits(remaining) + inUnits(overdrawn) - taken;
}

/** What is said when the quota refuses a call. */
export function refusalOf({
  policy,
  pointer,
  scope,
  limit,
  windowSeconds,
  algorithm,
  per,
  cost,
}: QuotaClaim): Reason {
  const holder = per === 'agent' ? 'each agent' : 'all agents of the role together';
  const most = cost === 'usd' ? `${limit} USD` : `${limit} ${cost}`;
  const window = `${algorithm === 'fixed' ? 'each window of' : 'any'} ${windowSeconds} s`;
  const detail = `${policy.name} allows ${holder} ${most} of ${scope} within ${window}.`;
  return { rule: 'quota', policy, pointer, detail };
}
