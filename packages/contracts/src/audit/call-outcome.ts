import * as z from 'zod';
import { cacheUseSchema, usageSchema } from '../call/index.ts';
import { dispatchedSchema, type ProblemCode, problemCodes } from '../problem/index.ts';
import { callIdentityShape } from './call-decision.ts';
import { quotaSettlementSchema } from './quota-taking.ts';

/**
 * What came of a call. `denied` and `limited` were never carried out, `abandoned` ones were left by their client; `unknown` is
 * said of calls whose end nobody told of.
 */
export const outcomeSchema = z.enum(['completed', 'denied', 'limited', 'failed', 'abandoned', 'unknown']);
export type CallOutcomeKind = z.infer<typeof outcomeSchema>;

/** What came of a call, as it may be shown. */
export const callOutcomeShape = {
  outcome: outcomeSchema,
  /** The problem's code; null where there was none. */
  code: z.enum(problemCodes as [ProblemCode, ...ProblemCode[]]).nullable(),
  /** HTTP status of the answer; 499 where the client had gone. */
  status: z.int().min(100).max(599),
  /** How often the adapter was asked. */
  attempts: z.int().min(0),
  durationMs: z.number().min(0),
  /** Whether bytes may have reached the provider. */
  dispatched: dispatchedSchema,
  cache: cacheUseSchema,
  /** What it consumed at the provider, by unit; only where the adapter said so. */
  usage: usageSchema.optional(),
  /** What that cost, in millionths of a US dollar; only where prices are known. */
  usdMicros: z.int().min(0).optional(),
  /** Only where it changed what the call takes of its quotas. */
  settlement: quotaSettlementSchema.optional(),
};

/** The second part of a call's record, of calls that were allowed: written when they have ended. */
export const callOutcomeSchema = z.object({
  ...callIdentityShape,
  part: z.literal('outcome'),
  ...callOutcomeShape,
});
export type CallOutcome = z.infer<typeof callOutcomeSchema>;
