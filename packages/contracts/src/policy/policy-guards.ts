import * as z from 'zod';
import { piiKindSchema } from '../decision/index.ts';
import { domainPatternSchema } from '../domain-pattern/index.ts';
import { listOf, someOf } from './entry-list.ts';
import { recipientPatternSchema } from './recipient-pattern.ts';

/** A model's name, or a prefix of names and `*`: `gpt-4o-mini`, `gpt-4o-*`. Case counts. */
export const modelPatternSchema = z.string().regex(/^[\w.:/@-]{0,127}(?:[\w.:/@-]|\*)$/);

/** Longest condition, in characters. */
export const conditionLengthMax = 2_000;

/**
 * Personal data that may not be sent, or not be received. What was allowed is bound to its parameters, so a request can only be
 * denied, never be redacted.
 */
export const piiGuardSchema = z
  .strictObject({
    detect: someOf(piiKindSchema),
    on: z.enum(['request', 'response']),
    effect: z.enum(['deny', 'redact']),
  })
  .refine(({ on, effect }) => on === 'response' || effect === 'deny', {
    path: ['effect'],
    error: 'cannot be `redact` on a request',
  });
export type PiiGuard = z.infer<typeof piiGuardSchema>;

/**
 * What a call must keep to for the policy to allow it. A guard looks at every fact of its kind that the call has.
 * `maxResponseBytes`, and `pii` on a response, are about the answer: they are obligations.
 */
export const policyGuardsSchema = z.strictObject({
  /** Longest body of a call, in bytes as it arrived. */
  maxRequestBytes: z.int().min(1).optional(),
  /** Longest answer, in bytes. */
  maxResponseBytes: z.int().min(1).optional(),
  /** Hosts of urls. Without `allow` all but the denied ones. */
  domains: z
    .strictObject({
      allow: listOf(domainPatternSchema).optional(),
      deny: listOf(domainPatternSchema).optional(),
    })
    .optional(),
  models: z.strictObject({ allow: listOf(modelPatternSchema) }).optional(),
  recipients: z.strictObject({ allow: listOf(recipientPatternSchema) }).optional(),
  pii: piiGuardSchema.optional(),
  /** `deny`: no streamed answers. What a policy asks of answers beside their size cannot be done to a stream. */
  streaming: z.literal('deny').optional(),
  /** A condition in CEL (https://cel.dev) that must be true. What it may say, policy-engine checks. */
  when: z.string().min(1).max(conditionLengthMax).optional(),
});
export type PolicyGuards = z.infer<typeof policyGuardsSchema>;
