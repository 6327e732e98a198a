import type { EvaluationRequest } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { type Decision, decide, type PolicySet, replacePolicies } from '@4runr/policy-engine';
import { toPolicyCall } from './decision-point.ts';
import { claimQuotas } from './quota-claims.ts';

/** What would be decided about a call at a time, by these policies and a candidate among them. Takes and records nothing. */
export function simulate(
  policies: PolicySet,
  question: EvaluationRequest,
  { at, candidate }: { readonly at: Date; readonly candidate: Policy | undefined },
): Decision {
  const assumed = candidate === undefined ? policies : replacePolicies(policies, [candidate]);
  return claimQuotas(decide(assumed, toPolicyCall(question), at), question.context.costs).decision;
}
