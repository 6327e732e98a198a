import * as z from 'zod';
import { callDecisionSchema, callDecisionShape, callIdentityShape } from './call-decision.ts';
import { callOutcomeSchema, callOutcomeShape } from './call-outcome.ts';
import { callRefusalSchema } from './call-refusal.ts';
import { operatorChangeSchema } from './operator-change.ts';

/** What the audit trail holds: calls by agents, and changes by operators. */
export const auditKinds = ['call', 'operator_change'] as const;
export type AuditKind = (typeof auditKinds)[number];

/**
 * One item as it waits in a stream. A call leaves two, in any order: its decision and, where it was allowed, its outcome; or one,
 * where it was refused before it was decided.
 */
export const auditItemSchema = z.discriminatedUnion('kind', [
  operatorChangeSchema,
  z.discriminatedUnion('part', [callDecisionSchema, callOutcomeSchema, callRefusalSchema]),
]);
export type AuditItem = z.infer<typeof auditItemSchema>;

/** A call as the trail shows it: its parts as one. For a moment one of them may be missing; of a refused call the decision always is. */
export const callRecordSchema = z.object({
  ...callIdentityShape,
  ...z.object(callDecisionShape).omit({ sealedFacts: true, basis: true }).partial().shape,
  ...z.object(callOutcomeShape).partial().shape,
  /** When it was closed as `unknown`, its outcome not having come; an outcome that came later stands beside it. */
  closedAt: z.iso.datetime().optional(),
});
export type CallRecord = z.infer<typeof callRecordSchema>;

/** One item as operators read it. */
export const auditRecordSchema = z.discriminatedUnion('kind', [operatorChangeSchema, callRecordSchema]);
export type AuditRecord = z.infer<typeof auditRecordSchema>;
