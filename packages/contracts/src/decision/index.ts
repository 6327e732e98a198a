export { type ActingAgent, actingAgentSchema, actingAgentsOf } from './acting-agent.ts';
export {
  type AuthzenConfiguration,
  authzenConfigurationPath,
  authzenConfigurationSchema,
  callScopeSchema,
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
  actorDeniedResponseExample,
  actorRequestExample,
  allowedResponseExample,
  authzenConfigurationExample,
  deniedRequestExample,
  deniedResponseExample,
  dryRunRequestExample,
  evaluationRequestExample,
  guardDeniedResponseExample,
  obligedResponseExample,
} from './examples.ts';
export {
  type DomainsObligation,
  domainsObligationSchema,
  type Obligation,
  obligationSchema,
} from './obligation.ts';
export {
  type PolicyReference,
  policyReferenceSchema,
  type Reason,
  type RuleKind,
  reasonSchema,
  ruleKinds,
} from './reason.ts';
