import * as z from 'zod';
import { policyReferenceSchema } from './reason.ts';
import { callScopeSchema } from './scope.ts';

/** `fixed`: windows follow one another; `sliding`: any window, whenever it begins, keeps to the limit. */
export const quotaAlgorithmSchema = z.enum(['fixed', 'sliding']);
/** Whose executions are counted together: those of each agent, or those of all agents of its role. */
export const quotaHolderSchema = z.enum(['agent', 'role']);
/** What one execution takes of the limit. */
export const quotaCostSchema = z.enum(['calls', 'tokens', 'usd']);

const quotaRuleShape = {
  policy: policyReferenceSchema,
  /** Where the quota stands in the policy's document (JSON Pointer): `/quotas/0`. */
  pointer: z.string().min(1),
  /** Calls, tokens, or US dollars. */
  limit: z.number().positive(),
  windowSeconds: z.int().min(1),
  cost: quotaCostSchema,
};

/** One quota that a call takes of, as a policy asks for it. */
export const quotaClaimSchema = z.strictObject({
  ...quotaRuleShape,
  scope: callScopeSchema,
  algorithm: quotaAlgorithmSchema,
  per: quotaHolderSchema,
  /**
   * Names what is counted, within the holder: the policy's name, and a hash of all that makes the count another one. It stays
   * when the limit alone changes, so raising a limit forgets nothing that was taken.
   */
  key: z.string().min(1),
});
export type QuotaClaim = z.infer<typeof quotaClaimSchema>;

/** What is left of a quota that a call has taken of. */
export const quotaStateSchema = z.strictObject({
  ...quotaRuleShape,
  remaining: z.number().min(0),
  /** Only where more is used than the limit, which was lowered since: how much more. */
  overdrawn: z.number().positive().optional(),
  /** Until more is there again, in seconds. */
  resetSeconds: z.int().min(0),
});
export type QuotaState = z.infer<typeof quotaStateSchema>;
