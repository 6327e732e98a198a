import type { EvaluationResponse } from '@4runr/contracts/decision';
import type { Attributes } from '@opentelemetry/api';

/** What spans tell of a decision: which version of which policy decided, and by which rule. */
export function decisionAttributes({ decision, context }: EvaluationResponse): Attributes {
  const { decisionId, policy, reasons } = context;
  return {
    'gateway.decision': decision ? 'allow' : 'deny',
    'gateway.decision.id': decisionId,
    'gateway.policy.rule': reasons[0]?.rule ?? '',
    ...(policy === null
      ? {}
      : { 'gateway.policy.name': policy.name, 'gateway.policy.version': policy.version }),
  };
}
