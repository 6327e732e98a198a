import type { QuotaClaim, QuotaState } from '@4runr/contracts/decision';
import { type LedgerClaim, limitOf, usedBefore } from '@4runr/decision-ledger';
import type { PolicySet } from '@4runr/policy-engine';
import { amountOf } from '../quota-claims.ts';
import type { PastDecision } from './past-decision.ts';

/** How much had been used, when a call was decided, of what it asked for, by the key of the count. */
export type PastQuotas = ReadonlyMap<string, number>;

/** @param policies those that decided the call: the record says where in their documents a quota stands, they what it counts */
export function readPastQuotas(past: PastDecision, policies: PolicySet): PastQuotas {
  if (past.quota.length === 0) return new Map();
  const subject = { id: past.agent, role: past.role };
  const claims = policies
    .rulesFor(`${past.tool}:${past.action}`, subject)
    .allow.flatMap(({ quotas }) => quotas);
  return new Map(
    past.quota.flatMap((state) => {
      const claim = claims.find((candidate) => isStateOf(candidate, state));
      return claim === undefined ? [] : [[claim.key, usedOf(past, claims, { claim, state })]];
    }),
  );
}

/** A quota, and what the record says of it. */
interface Asked {
  readonly claim: QuotaClaim;
  readonly state: QuotaState;
}

function isStateOf({ policy, pointer }: QuotaClaim, state: QuotaState): boolean {
  const { name, version } = state.policy;
  return policy.name === name && policy.version === version && pointer === state.pointer;
}

/** A state is that after the call had taken of it, if it did. */
function usedOf(past: PastDecision, claims: readonly QuotaClaim[], { claim, state }: Asked): number {
  const hasTaken = past.decision === 'allowed' || (claim.per === 'role' && !isRefusedByRole(past, claims));
  return usedBefore(state, hasTaken ? (amountOf(claim, past.basis.costs) ?? 0) : 0);
}

/** Where the role's quotas do not refuse a call they are taken of, and given back when the agent's own do. */
function isRefusedByRole({ reasons }: PastDecision, claims: readonly QuotaClaim[]): boolean {
  return claims.some(
    (claim) =>
      claim.per === 'role' &&
      reasons.some(
        ({ rule, policy, pointer }) =>
          rule === 'quota' && policy?.name === claim.policy.name && pointer === claim.pointer,
      ),
  );
}

/** Whether there would have been enough left of every quota: those that had not; `undefined` where that is not known. */
export function findExceeded(
  claims: readonly LedgerClaim[],
  past: PastQuotas,
): readonly QuotaClaim[] | undefined {
  const exceeded = claims.filter(({ claim, amount }) => {
    const used = past.get(claim.key);
    return used !== undefined && used + amount > limitOf(claim);
  });
  if (exceeded.length > 0) return exceeded.map(({ claim }) => claim).sort(byHolder);
  return claims.every(({ claim }) => past.has(claim.key)) ? [] : undefined;
}

/** Quotas of roles are asked first. */
function byHolder(a: QuotaClaim, b: QuotaClaim): number {
  return Number(a.per === 'agent') - Number(b.per === 'agent');
}
