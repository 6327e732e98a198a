import type { QuotaClaim } from '@4runr/contracts/decision';
import type { ReplayedVerdict, ReplayUnknown } from '@4runr/contracts/replay';
import { refusalOf } from '@4runr/decision-ledger';
import { type PolicySet, type Reconsidered, reconsider } from '@4runr/policy-engine';
import { claimQuotas } from '../quota-claims.ts';
import { type OpenFacts, type PastDecision, toPastCall } from './past-decision.ts';
import { findExceeded, readPastQuotas } from './past-quotas.ts';

/** What would have become of a call, or what would have to be known to say it. */
export type ReplayedCall =
  | { readonly isCertain: true; readonly verdict: ReplayedVerdict }
  | { readonly isCertain: false; readonly unknown: readonly ReplayUnknown[] };

/** The policies that decided a call, and those that are tried out in their place. */
export interface ReplayedPolicies {
  readonly active: PolicySet;
  readonly assumed: PolicySet;
}

/**
 * Decides a recorded call anew, by itself alone: at its own time, for the roles and intent that it had, against quotas as it found them,
 * though other verdicts before it would have left them otherwise.
 */
export function replayCall(
  past: PastDecision,
  { active, assumed }: ReplayedPolicies,
  openFacts: OpenFacts,
): ReplayedCall {
  const { basis } = past;
  const again = reconsider(assumed, toPastCall(past, openFacts), new Date(basis.at));
  if (!again.isCertain) return again;
  if (past.replayOf !== undefined) return judgedByPolicyAlone(again.verdict);
  if (basis.costs === undefined && again.verdict.quotas.some(({ cost }) => cost !== 'calls'))
    return { isCertain: false, unknown: ['quota'] };
  const { decision, claims } = claimQuotas(again.verdict, basis.costs);
  if (!decision.allowed) return { isCertain: true, verdict: verdictOf(decision, 'denied') };
  const exceeded = findExceeded(claims, readPastQuotas(past, active));
  if (exceeded === undefined) return { isCertain: false, unknown: ['quota'] };
  const [first, ...others] = exceeded;
  if (first === undefined) return { isCertain: true, verdict: verdictOf(decision, 'allowed') };
  return { isCertain: true, verdict: limited(first, others) };
}

/** A call that was answered by the outcome of an earlier one asks no quota. */
function judgedByPolicyAlone(verdict: Extract<Reconsidered, { isCertain: true }>['verdict']): ReplayedCall {
  return { isCertain: true, verdict: verdictOf(verdict, verdict.allowed ? 'allowed' : 'denied') };
}

function verdictOf(
  { policy, reasons }: Extract<Reconsidered, { isCertain: true }>['verdict'],
  decision: 'allowed' | 'denied',
): ReplayedVerdict {
  return { decision, policy, reasons: [...reasons] };
}

/** As many reasons as the ledger gives. */
const refusalsMax = 10;

function limited(first: QuotaClaim, others: readonly QuotaClaim[]): ReplayedVerdict {
  const refusing = [first, ...others].slice(0, refusalsMax);
  return { decision: 'limited', policy: first.policy, reasons: refusing.map(refusalOf) };
}
