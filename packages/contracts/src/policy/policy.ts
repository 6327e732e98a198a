import * as z from 'zod';
import { callScopeSchema } from '../decision/index.ts';
import { roleSchema } from '../token/index.ts';
import { listOf } from './entry-list.ts';
import { policyGuardsSchema } from './policy-guards.ts';
import { policyQuotasSchema } from './policy-quota.ts';
import { policyResponseSchema } from './policy-response.ts';
import { policyScheduleSchema } from './policy-schedule.ts';

/** Names of policies and of intents. */
export const policyNameSchema = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/);

/** Whom a policy is for: agents of one of the roles, and the named agents. */
export const policySubjectsSchema = z
  .strictObject({
    roles: listOf(roleSchema).optional(),
    agents: listOf(z.string().min(1).max(128)).optional(),
  })
  .refine(
    ({ roles = [], agents = [] }) => roles.length + agents.length > 0,
    'names neither a role nor an agent',
  );

/** A policy document as it is written. A field that this version does not know is refused, never ignored. */
export const policySchema = z
  .strictObject({
    name: policyNameSchema,
    subjects: policySubjectsSchema,
    /** `enforce` where it is not given. `shadow`: it is said and recorded what the policy would change, nothing more. */
    mode: z.enum(['enforce', 'shadow']).optional(),
    /** Scopes, `tool:action`, that the policy allows where the call meets its guards. */
    allow: listOf(callScopeSchema).optional(),
    /** Scopes that the policy denies, whatever any policy allows. Guards, intents and schedules have no part in it. */
    deny: listOf(callScopeSchema).optional(),
    /** `Agent-Intent` must be one of these for the policy to allow the call. */
    intents: listOf(policyNameSchema).optional(),
    guards: policyGuardsSchema.optional(),
    schedule: policyScheduleSchema.optional(),
    quotas: policyQuotasSchema.optional(),
    response: policyResponseSchema.optional(),
  })
  .superRefine(({ allow = [], quotas = [] }, context) => {
    quotas.forEach(({ scope }, index) => {
      if (!allow.includes(scope))
        context.addIssue({ code: 'custom', path: ['quotas', index, 'scope'], message: 'is not in `allow`' });
    });
  });
export type Policy = z.infer<typeof policySchema>;

/** A policy as operators see it. */
export const policyRecordSchema = z.object({
  name: policyNameSchema,
  /** `sha256:` and the hash of the canonical document (RFC 8785). */
  version: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  document: policySchema,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type PolicyRecord = z.infer<typeof policyRecordSchema>;

/** Query of `GET /v1/policies`. */
export const listPoliciesQuerySchema = z.strictObject({
  /** Policies per page. */
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** `nextCursor` of the page before. */
  cursor: policyNameSchema.optional(),
});

/** `200` of `GET /v1/policies`, by name. `nextCursor` is null on the last page. */
export const policyListSchema = z.object({
  items: z.array(policyRecordSchema),
  nextCursor: z.string().nullable(),
});
export type PolicyList = z.infer<typeof policyListSchema>;
