import * as z from 'zod';
import { policyNameSchema, policySchema } from './policy.ts';

/** `sha256:` and the hash of a canonical document: names one content, whenever it was active. */
export const policyVersionSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** What can happen to a policy. A rollback makes an old document active again; a deletion leaves none active. */
export const policyChanges = ['create', 'update', 'rollback', 'delete'] as const;
export type PolicyChange = (typeof policyChanges)[number];

/** One entry of a policy's history. Until the next one its document was active. */
export const policyHistoryEntrySchema = z.object({
  /** 1 is the first entry of the name. Goes on rising when a deleted name is created anew. */
  number: z.int().min(1),
  change: z.enum(policyChanges),
  /** Version and document that are active from here on; null from a deletion on. */
  version: policyVersionSchema.nullable(),
  document: policySchema.nullable(),
  at: z.iso.datetime(),
  /** `sub` of the operator's token; `system` where nobody ordered it. */
  by: z.string().min(1),
});
export type PolicyHistoryEntry = z.infer<typeof policyHistoryEntrySchema>;

/** Query of `GET /v1/policies/{name}/versions`. */
export const listPolicyVersionsQuerySchema = z.strictObject({
  /** Entries per page. */
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** `nextCursor` of the page before. */
  cursor: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
});

/** `200` of `GET /v1/policies/{name}/versions`, newest first. `nextCursor` is null on the last page. */
export const policyHistorySchema = z.object({
  name: policyNameSchema,
  items: z.array(policyHistoryEntrySchema),
  nextCursor: z.string().nullable(),
});
export type PolicyHistory = z.infer<typeof policyHistorySchema>;

/** Body of `POST /v1/policies/{name}/rollback`: the version of the policy's own history that is to be active again. */
export const rollbackPolicySchema = z.strictObject({ version: policyVersionSchema });
