import type { Costs } from '@4runr/contracts/cost';
import type { QuotaClaim } from '@4runr/contracts/decision';
import type { LedgerClaim } from '@4runr/decision-ledger';
import type { Decision } from '@4runr/policy-engine';

/** What a quota can have a say in. */
type QuotaDecision = Pick<Decision, 'allowed' | 'policy' | 'reasons' | 'obligations' | 'quotas'>;

/**
 * What a call takes at most of each quota. Of costs other than calls that has to be known, else the call is denied: a limit
 * that is only looked at when it has been exceeded is none. The adapter is obliged to keep to what was taken.
 */
export function claimQuotas<Decided extends QuotaDecision>(
  decision: Decided,
  costs: Costs | undefined,
): { readonly decision: Decided; readonly claims: readonly LedgerClaim[] } {
  const claims: LedgerClaim[] = [];
  for (const claim of decision.quotas) {
    const amount = amountOf(claim, costs);
    if (amount === undefined)
      return { decision: { ...decision, ...denyUnbounded(claim, costs) }, claims: [] };
    claims.push({ claim, amount });
  }
  return { decision: withLimit(decision, claims), claims };
}

/** What is taken for a call limits it. */
function withLimit<Decided extends QuotaDecision>(
  decision: Decided,
  claims: readonly LedgerClaim[],
): Decided {
  const taken: { tokens?: number; usdMicros?: number } = {};
  for (const { claim, amount } of claims) {
    if (claim.cost === 'tokens') taken.tokens = amount;
    if (claim.cost === 'usd') taken.usdMicros = amount;
  }
  if (!decision.allowed || Object.keys(taken).length === 0) return decision;
  return { ...decision, obligations: [{ type: 'maxCost', costs: taken }, ...decision.obligations] };
}

/** What a call takes at most of a quota; `undefined` where it is not known. */
export function amountOf({ cost }: QuotaClaim, costs: Costs | undefined): number | undefined {
  switch (cost) {
    case 'calls':
      return 1;
    case 'tokens':
      return costs?.tokens;
    case 'usd':
      return costs?.usdMicros;
  }
}

function denyUnbounded(
  { policy, pointer, scope, cost }: QuotaClaim,
  costs: Costs | undefined,
): QuotaDecision {
  const why =
    cost === 'usd' && costs?.tokens !== undefined
      ? 'no price of its model is known'
      : 'its tool does not say, or it has parts whose cost is not known beforehand';
  const detail = `${policy.name} counts ${cost} of ${scope}, and nothing bounds what this call may use: ${why}.`;
  return {
    allowed: false,
    policy,
    reasons: [{ rule: 'quota', policy, pointer, detail }],
    obligations: [],
    quotas: [],
  };
}
