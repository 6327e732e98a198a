import * as z from 'zod';
import { auditKinds, auditRecordSchema } from './audit-item.ts';

/** A date and time (RFC 3339) of this era, as milliseconds since the epoch. */
export const momentSchema = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .refine((ms) => ms >= 0 && ms < Date.UTC(9999, 0), 'is not a date between 1970 and 9998');

/** Any text on one line: names of accounts and keys are chosen by others. */
const lineSchema = z
  .string()
  .min(1)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);

/** Query of `GET /v1/audit`. Filters add up. */
export const auditQuerySchema = z.strictObject({
  /** Calls of this agent. Changes by operators are not listed under the agent that they concern. */
  agent: z
    .string()
    .regex(/^[\w.:-]{1,128}$/)
    .optional(),
  tool: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/)
    .optional(),
  /** An action of a tool, or what an operator did: `agent.suspend`. */
  action: z
    .string()
    .max(63)
    .regex(/^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/)
    .optional(),
  outcome: z
    .string()
    .max(63)
    .regex(/^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/)
    .optional(),
  kind: z.enum(auditKinds).optional(),
  /** Changes by this operator: `sub` of its tokens, `cli:<account>`, or `system`. */
  operator: lineSchema.max(128).optional(),
  /** Changes of what has this id: an agent, an operator, a policy, a credential's tool, a signing key. */
  target: lineSchema.max(256).optional(),
  /** Items of this moment and later. */
  from: momentSchema.optional(),
  /** Items before this moment. */
  to: momentSchema.optional(),
  /** Most items of a page. */
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** `nextCursor` of the page before. The filters are given again. */
  cursor: z.string().max(200).optional(),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

/** `200` of `GET /v1/audit`, newest first. `nextCursor` is null on the last page alone: others may be short too, and even empty. */
export const auditListSchema = z.object({
  items: z.array(auditRecordSchema),
  nextCursor: z.string().nullable(),
});
export type AuditList = z.infer<typeof auditListSchema>;
