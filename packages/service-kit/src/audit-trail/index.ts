export { type AuditTrail, createAuditTrail } from './audit-trail.ts';
export { newChangeId } from './new-change-id.ts';
