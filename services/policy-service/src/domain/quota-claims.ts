import type { Costs, QuotaClaim } from '@4runr/contracts/decision';
import type { LedgerClaim } from '@4runr/decision-ledger';
import type { Decision } from '@4runr/policy-engine';

/** What a quota can have a say in. */
type QuotaDecision = Pick<Decision, 'allowed' | 'policy' | 'reasons' | 'obligations' | 'quotas'>;

/**
 * What a call takes at most of each quota. Of costs other than calls that has to be known, else the call is denied: a limit
 * that is only looked at when it has been exceeded is none.
 */
export function claimQuotas<Decided extends QuotaDecision>(
  decision: Decided,
  costs: Costs | undefined,
): { readonly decision: Decided; readonly claims: readonly LedgerClaim[] } {
  const claims: LedgerClaim[] = [];
  for (const claim of decision.quotas) {
    const amount = amountOf(claim, costs);
    if (amount === undefined) return { decision: { ...decision, ...denyUnbounded(claim) }, claims: [] };
    claims.push({ claim, amount });
  }
  return { decision, claims };
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

function denyUnbounded({ policy, pointer, scope, cost }: QuotaClaim): QuotaDecision {
  const detail = `${policy.name} counts ${cost} of ${scope}, and it is not known how many this call may use.`;
  return {
    allowed: false,
    policy,
    reasons: [{ rule: 'quota', policy, pointer, detail }],
    obligations: [],
    quotas: [],
  };
}
