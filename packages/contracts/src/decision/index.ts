export { type ActingAgent, actingAgentSchema, actingAgentsOf } from './acting-agent.ts';
export {
  type AuthzenConfiguration,
  authzenConfigurationPath,
  authzenConfigurationSchema,
  type EvaluationRequest,
  type EvaluationResponse,
  evaluationPath,
  evaluationRequestSchema,
  evaluationResponseSchema,
  type Facts,
  factsSchema,
  reasonsMax,
} from './evaluation.ts';
export {
  type EvaluationsRequest,
  type EvaluationsResponse,
  type EvaluationsSemantic,
  evaluationsMax,
  evaluationsPath,
  evaluationsRequestSchema,
  evaluationsResponseSchema,
  evaluationsSemantics,
  type FailedEvaluation,
  failedEvaluationSchema,
  questionsOf,
} from './evaluations.ts';
export {
  actorDeniedResponseExample,
  actorRequestExample,
  allowedResponseExample,
  authzenConfigurationExample,
  countedResponseExample,
  deniedRequestExample,
  deniedResponseExample,
  dryRunRequestExample,
  evaluationRequestExample,
  evaluationsRequestExample,
  evaluationsResponseExample,
  failedEvaluationsResponseExample,
  guardDeniedResponseExample,
  limitedResponseExample,
  obligationExamples,
  obligedResponseExample,
  quotaClaimExample,
  quotaStateExample,
} from './examples.ts';
export {
  type AdapterObligation,
  adapterObligationSchema,
  type BlockObligation,
  type DomainsObligation,
  domainsObligationSchema,
  fitsStream,
  type HandlerObligation,
  isAdapterObligation,
  type MaxCostObligation,
  type MaxResponseBytesObligation,
  maxCostObligationSchema,
  type Obligation,
  obligationSchema,
  type PiiObligation,
  type RedactObligation,
  type TruncateObligation,
} from './obligation.ts';
export { type PiiKind, piiKindSchema, piiKinds } from './pii.ts';
export {
  type QuotaClaim,
  type QuotaState,
  quotaAlgorithmSchema,
  quotaClaimSchema,
  quotaCostSchema,
  quotaHolderSchema,
  quotaStateSchema,
} from './quota.ts';
export { type Readings, readingsSchema } from './readings.ts';
export {
  type PolicyReference,
  policyReferenceSchema,
  type Reason,
  type RuleKind,
  reasonSchema,
  ruleKinds,
} from './reason.ts';
export { callScopeSchema } from './scope.ts';
export { shadowVerdictSchema } from './shadow.ts';
