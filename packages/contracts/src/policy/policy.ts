import * as z from 'zod';
import { callScopeSchema } from '../decision/index.ts';
import { domainPatternSchema } from '../domain-pattern/index.ts';
import { roleSchema } from '../token/index.ts';
import { recipientPatternSchema } from './recipient-pattern.ts';

/** Names of policies and of intents. */
export const policyNameSchema = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/);

/** A model's name, or a prefix of names and `*`: `gpt-4o-mini`, `gpt-4o-*`. Case counts. */
export const modelPatternSchema = z.string().regex(/^[\w.:/@-]{0,127}(?:[\w.:/@-]|\*)$/);

/** Largest number of entries in any list of a document. */
const entriesMax = 1_000;

/** A list without repetitions. An empty one allows nothing, or denies nothing. */
const listOf = (entry: z.ZodType<string, string>) =>
  z
    .array(entry)
    .max(entriesMax)
    .superRefine((entries, context) => {
      entries.forEach((text, index) => {
        if (entries.indexOf(text) < index)
          context.addIssue({ code: 'custom', path: [index], message: 'is repeated' });
      });
    });

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

/** What a call must keep to for the policy to allow it. A guard looks at every fact of its kind that the call has. */
export const policyGuardsSchema = z.strictObject({
  /** Hosts of urls. Without `allow` all but the denied ones. */
  domains: z
    .strictObject({
      allow: listOf(domainPatternSchema).optional(),
      deny: listOf(domainPatternSchema).optional(),
    })
    .optional(),
  models: z.strictObject({ allow: listOf(modelPatternSchema) }).optional(),
  recipients: z.strictObject({ allow: listOf(recipientPatternSchema) }).optional(),
});
export type PolicyGuards = z.infer<typeof policyGuardsSchema>;

/** A policy document as it is written. A field that this version does not know is refused, never ignored. */
export const policySchema = z.strictObject({
  name: policyNameSchema,
  subjects: policySubjectsSchema,
  /** Scopes, `tool:action`, that the policy allows where the call meets its guards. */
  allow: listOf(callScopeSchema).optional(),
  /** Scopes that the policy denies, whatever any policy allows. Guards and intents have no part in it. */
  deny: listOf(callScopeSchema).optional(),
  /** `Agent-Intent` must be one of these for the policy to allow the call. */
  intents: listOf(policyNameSchema).optional(),
  guards: policyGuardsSchema.optional(),
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
