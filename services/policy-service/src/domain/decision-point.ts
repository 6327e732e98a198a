import { randomUUID } from 'node:crypto';
import { actingAgentsOf, type EvaluationRequest, type EvaluationResponse } from '@4runr/contracts/decision';
import { type Decision, decide, type PolicyCall, type PolicySet } from '@4runr/policy-engine';
import { denyWhatIsNotCarriedOut } from './not-carried-out-yet.ts';

/** Proves to a tool's adapter that one call of one agent was allowed. */
export type IssuePermit = (
  request: EvaluationRequest,
  decision: { readonly id: string; readonly obligations: EvaluationResponse['context']['obligations'] },
) => string;

/** Answers whether calls may be made (AuthZEN's policy decision point). */
export type DecisionPoint = (request: EvaluationRequest) => EvaluationResponse;

/** How a verdict is reached. */
export type Decide = (call: PolicyCall) => Decision;

/**
 * An allowing answer carries a permit, except in a dry run: that only asks.
 *
 * @throws what `decide` and `issuePermit` throw; then there is no decision, and the call must not be made
 */
export function createDecisionPoint(parts: { decide: Decide; issuePermit: IssuePermit }): DecisionPoint {
  return (request) => {
    const { allowed, policy, reasons, obligations } = parts.decide(toPolicyCall(request));
    const id = `dec_${randomUUID()}`;
    const context = { decisionId: id, policy, reasons: [...reasons], obligations: [...obligations] };
    if (!allowed || request.context.dryRun) return { decision: allowed, context: { ...context, quota: [] } };
    const permit = parts.issuePermit(request, { id, obligations: context.obligations });
    return { decision: true, context: { ...context, quota: [], permit } };
  };
}

/** Verdicts by the policies that are active at the time of each call. */
export function decideByPolicies(
  active: { current(): PolicySet },
  now: () => Date = () => new Date(),
): Decide {
  return (call) => denyWhatIsNotCarriedOut(decide(active.current(), call, now()));
}

/** `FF_POLICY=off`: everything is allowed. */
export const allowEverything = (): Decision => ({
  allowed: true,
  policy: null,
  reasons: [{ rule: 'policy_off', policy: null, pointer: null, detail: 'Policies are switched off.' }],
  obligations: [],
  quotas: [],
  shadow: [],
});

function toPolicyCall({ subject, action, context }: EvaluationRequest): PolicyCall {
  return {
    subject: { id: subject.id, role: subject.properties.role },
    actors: actingAgentsOf(subject.properties.act),
    scope: action.name,
    intent: context.intent,
    params: context.params,
    requestBytes: context.requestBytes,
    facts: context.facts,
  };
}
