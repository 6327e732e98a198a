export {
  type AuditItem,
  type AuditKind,
  type AuditRecord,
  auditItemSchema,
  auditKinds,
  auditRecordSchema,
  type CallRecord,
  callRecordSchema,
} from './audit-item.ts';
export {
  type AuditList,
  type AuditQuery,
  auditListSchema,
  auditQuerySchema,
  momentSchema,
} from './audit-list.ts';
export {
  type AuditMessage,
  type AuditStream,
  auditStreamKeyOf,
  auditStreams,
  parseAuditMessage,
  readAuditMessage,
  toAuditMessage,
  type WrittenAuditItem,
} from './audit-stream.ts';
export {
  type CallDecision,
  callDecisionSchema,
  callVerdictSchema,
  type DecisionBasis,
  decisionBasisSchema,
} from './call-decision.ts';
export { type CallOutcome, type CallOutcomeKind, callOutcomeSchema, outcomeSchema } from './call-outcome.ts';
export { type CallRefusal, callRefusalSchema } from './call-refusal.ts';
export {
  auditListExample,
  callDecisionExample,
  callOutcomeExample,
  callRecordExample,
  callRefusalExample,
  limitedCallExample,
  operatorChangeExample,
  policyChangeExample,
  systemChangeExample,
  unsentCallExample,
} from './examples.ts';
export { type OperatorChange, operatorActionSchema, operatorChangeSchema } from './operator-change.ts';
export {
  type QuotaSettlement,
  type QuotaTaking,
  quotaSettlementSchema,
  quotaTakingSchema,
} from './quota-taking.ts';
