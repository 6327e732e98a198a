import * as z from 'zod';
import { operatorChangeSchema } from './operator-change.ts';

/** What the audit trail holds: changes by operators. */
export const auditKinds = ['operator_change'] as const;
export type AuditKind = (typeof auditKinds)[number];

/** One item of the audit trail. */
export const auditItemSchema = z.discriminatedUnion('kind', [operatorChangeSchema]);
export type AuditItem = z.infer<typeof auditItemSchema>;
