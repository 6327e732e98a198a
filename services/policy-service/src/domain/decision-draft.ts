import { randomUUID } from 'node:crypto';
import type { DecisionBasis } from '@4runr/contracts/audit';
import type { EvaluationRequest, Facts } from '@4runr/contracts/decision';
import type { DecisionDraft } from '@4runr/decision-ledger';
import type { Decision } from '@4runr/policy-engine';
import { hashParams } from '@4runr/service-kit/mesh';
import type { Decided } from './decision-point.ts';
import { boundFacts, redactFacts } from './recorded-facts.ts';

/** Encrypts the facts of one call for the audit trail. @param callId what is sealed serves no other call */
export type SealFacts = (facts: Facts, callId: string) => string;

/** All that is recorded of a decision, as long as no quota says otherwise. */
export function createDecisionDraft(of: {
  readonly request: EvaluationRequest;
  readonly decision: Decision;
  readonly by: Decided['by'];
  readonly traceId: string | undefined;
  readonly sealFacts: SealFacts;
}): DecisionDraft {
  const { subject, action, resource, context } = of.request;
  const { allowed, policy, reasons, obligations, shadow } = of.decision;
  return {
    kind: 'call',
    part: 'decision',
    id: context.callId,
    decisionId: newDecisionId(),
    agent: subject.id,
    role: subject.properties.role,
    act: subject.properties.act,
    tool: resource.id,
    action: action.name.slice(resource.id.length + 1),
    decision: allowed ? 'allowed' : 'denied',
    policy,
    reasons: [...reasons],
    obligations: [...obligations],
    ...(shadow.length === 0 ? {} : { shadow: [...shadow] }),
    ...(of.by === undefined ? {} : { basis: recordBasis(of.by, of.decision, context) }),
    ...recordFacts(context.facts, context.callId, of.sealFacts),
    paramsSha256: hashParams(context.params),
    requestBytes: context.requestBytes,
    ...(context.streamed === true ? { streamed: true } : {}),
    ...(context.replayOf === undefined ? {} : { replayOf: context.replayOf }),
    intent: context.intent ?? null,
    traceId: of.traceId ?? null,
  };
}

export function newDecisionId(): string {
  return `dec_${randomUUID()}`;
}

function recordBasis(
  { revision, at }: NonNullable<Decided['by']>,
  { readings }: Decision,
  { costs }: EvaluationRequest['context'],
): DecisionBasis {
  return {
    revision,
    at: at.toISOString(),
    costs: costs ?? {},
    ...(readings === undefined ? {} : { readings }),
  };
}

function recordFacts(
  all: Facts,
  callId: string,
  sealFacts: SealFacts,
): Pick<DecisionDraft, 'facts' | 'sealedFacts' | 'factsCut'> {
  const { facts, isCut } = boundFacts(all);
  const { shown, isRedacted } = redactFacts(facts);
  return {
    facts: shown,
    ...(isRedacted ? { sealedFacts: sealFacts(facts, callId) } : {}),
    ...(isCut ? { factsCut: true } : {}),
  };
}
