import type { CallDecision } from '@4runr/contracts/audit';
import { actingAgentsOf, type EvaluationRequest, type EvaluationResponse } from '@4runr/contracts/decision';
import type { DecisionDraft, LedgerClaim } from '@4runr/decision-ledger';
import { type Decision, decide, type PolicyCall } from '@4runr/policy-engine';
import { ProblemError } from '@4runr/service-kit/errors';
import type { ActivePolicies } from './active-policies.ts';
import { createDecisionDraft, newDecisionId, type SealFacts } from './decision-draft.ts';
import { claimQuotas } from './quota-claims.ts';

/** Proves to a tool's adapter that one call of one agent was allowed. */
export type IssuePermit = (
  request: EvaluationRequest,
  decision: Pick<CallDecision, 'decisionId' | 'obligations' | 'paramsSha256'>,
) => string;

/**
 * Takes of the quotas and records the decision, all or nothing. Once for each call: asked again, it answers what it answered.
 *
 * @throws ProblemError `policy.unavailable` when it cannot be recorded; `conflict` for a call that has ended
 */
export type RecordDecision = (draft: DecisionDraft, claims: readonly LedgerClaim[]) => Promise<CallDecision>;

/** Answers whether calls may be made (AuthZEN's policy decision point). @param traceId of the exchange that asks */
export type DecisionPoint = (
  request: EvaluationRequest,
  traceId?: string | undefined,
) => Promise<EvaluationResponse>;

/** A decision, and what it was reached by beside the call; `undefined` where policies are switched off. */
export interface Decided extends Decision {
  readonly by: { readonly revision: string; readonly at: Date } | undefined;
}

/** How a verdict is reached. */
export type Decide = (call: PolicyCall) => Decided;

export interface DecisionPointParts {
  readonly decide: Decide;
  readonly issuePermit: IssuePermit;
  readonly record: RecordDecision;
  readonly sealFacts: SealFacts;
}

/**
 * Nothing is answered that is not recorded, except in a dry run: that only asks. An allowing answer carries a permit.
 *
 * @throws what the parts throw, and ProblemError `conflict` for another question under the id of one that was answered; then
 * there is no decision, and the call must not be made
 */
export function createDecisionPoint(parts: DecisionPointParts): DecisionPoint {
  return async (request, traceId) => {
    const byPolicy = parts.decide(toPolicyCall(request));
    if (request.context.dryRun) return answerOnly(byPolicy);
    const { decision, claims } = claimsOf(request, byPolicy);
    const { by } = byPolicy;
    const draft = createDecisionDraft({ request, decision, by, traceId, sealFacts: parts.sealFacts });
    // Before anything is taken: without a permit nothing can be done with it.
    const isCarriedOut = decision.allowed && draft.replayOf === undefined;
    const permit = isCarriedOut ? parts.issuePermit(request, draft) : undefined;
    const recorded = await parts.record(draft, claims);
    assertSameQuestion(recorded, draft);
    if (recorded.decision !== 'allowed' || recorded.replayOf !== undefined)
      return toAnswer(recorded, undefined);
    const isOurs = recorded.decisionId === draft.decisionId && permit !== undefined;
    return toAnswer(recorded, isOurs ? permit : parts.issuePermit(request, recorded));
  };
}

/** What is carried out has taken its share already when it is answered again. */
function claimsOf(
  { context }: EvaluationRequest,
  decision: Decision,
): { readonly decision: Decision; readonly claims: readonly LedgerClaim[] } {
  return context.replayOf === undefined ? claimQuotas(decision, context.costs) : { decision, claims: [] };
}

/** A decision that is taken for nothing. */
function answerOnly({ allowed, policy, reasons, obligations }: Decision): EvaluationResponse {
  const context = { policy, reasons: [...reasons], obligations: [...obligations], quota: [] };
  return { decision: allowed, context: { decisionId: newDecisionId(), ...context } };
}

function toAnswer(recorded: CallDecision, permit: string | undefined): EvaluationResponse {
  const { decision, decisionId, policy, reasons, obligations, quota, retryAfterSeconds, at } = recorded;
  return {
    decision: decision === 'allowed',
    context: {
      decisionId,
      policy,
      reasons,
      obligations,
      quota,
      recordedAt: at,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(permit === undefined ? {} : { permit }),
    },
  };
}

/** A permit for what was asked now must not come of what was allowed then. */
function assertSameQuestion(recorded: CallDecision, asked: DecisionDraft): void {
  const members = ['agent', 'role', 'tool', 'action', 'paramsSha256', 'replayOf'] as const;
  const isSame =
    members.every((member) => recorded[member] === asked[member]) &&
    JSON.stringify(recorded.act) === JSON.stringify(asked.act);
  if (!isSame) throw new ProblemError('conflict', { detail: 'The call’s id is that of another question.' });
}

/** Verdicts by the policies that are active at the time of each call. */
export function decideByPolicies(
  active: Pick<ActivePolicies, 'current'>,
  now: () => Date = () => new Date(),
): Decide {
  return (call) => {
    const { policies, revision } = active.current();
    const at = now();
    return { ...decide(policies, call, at), by: { revision, at } };
  };
}

/** `FF_POLICY=off`: everything is allowed. */
export const allowEverything = (): Decided => ({
  allowed: true,
  policy: null,
  reasons: [{ rule: 'policy_off', policy: null, pointer: null, detail: 'Policies are switched off.' }],
  obligations: [],
  quotas: [],
  shadow: [],
  readings: undefined,
  by: undefined,
});

/** What the engine looks at of a question. */
export function toPolicyCall({ subject, action, context }: EvaluationRequest): PolicyCall {
  return {
    subject: { id: subject.id, role: subject.properties.role },
    actors: actingAgentsOf(subject.properties.act),
    scope: action.name,
    intent: context.intent,
    params: context.params,
    requestBytes: context.requestBytes,
    streamed: context.streamed,
    facts: context.facts,
  };
}
