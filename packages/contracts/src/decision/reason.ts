import * as z from 'zod';

/**
 * Kinds of rule that can decide a call; also the label `reason` of the metrics.
 *
 * - `allow`: a policy allows the scope, and all of its own guards are met
 * - `deny`: a policy denies the scope
 * - `no_policy`: no policy of this agent or role names the scope
 * - `schedule`, `intent`, `request_bytes`, `domain`, `model`, `recipient`, `pii`, `when`: what an allowing policy demands, and
 *   the call does not meet
 * - `streaming`: a streamed answer is asked for, which a policy denies, or to which what it asks of answers cannot be done
 * - `unknown`: an allowing policy has a field that this version does not know; it is never met
 * - `quota`: a quota is used up
 * - `policy_off`: policies are switched off (`FF_POLICY=off`, never in production)
 */
export const ruleKinds = [
  'allow',
  'deny',
  'no_policy',
  'schedule',
  'intent',
  'request_bytes',
  'domain',
  'model',
  'recipient',
  'pii',
  'when',
  'streaming',
  'unknown',
  'quota',
  'policy_off',
] as const;
export type RuleKind = (typeof ruleKinds)[number];

/** One version of one policy: its name, and the hash of its canonical document. */
export const policyReferenceSchema = z.object({
  name: z.string().min(1),
  version: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});
export type PolicyReference = z.infer<typeof policyReferenceSchema>;

/** One rule that took part in a decision. Details never repeat a value of the call: it may be personal. */
export const reasonSchema = z.object({
  rule: z.enum(ruleKinds),
  /** Whose rule it is; null where no policy has to do with it. */
  policy: policyReferenceSchema.nullable(),
  /** Where the rule stands in the policy's document (JSON Pointer, RFC 6901); null without a policy. */
  pointer: z.string().nullable(),
  /** The agent whose permission it is about; only where one acts for another. */
  agent: z.string().min(1).optional(),
  /** One sentence for people; on a denial it says what would have been needed. */
  detail: z.string().min(1),
});
export type Reason = z.infer<typeof reasonSchema>;
