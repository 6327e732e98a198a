export { type AuditItem, type AuditKind, auditItemSchema, auditKinds } from './audit-item.ts';
export { type AuditList, type AuditQuery, auditListSchema, auditQuerySchema } from './audit-list.ts';
export {
  type AuditMessage,
  type AuditStream,
  auditStreamKeyOf,
  auditStreams,
  parseAuditMessage,
  toAuditMessage,
} from './audit-stream.ts';
export {
  auditListExample,
  operatorChangeExample,
  policyChangeExample,
  systemChangeExample,
} from './examples.ts';
export { type OperatorChange, operatorActionSchema, operatorChangeSchema } from './operator-change.ts';
