import * as z from 'zod';
import { costsSchema } from '../cost/index.ts';
import { quotaHolderSchema } from '../decision/index.ts';

/** Milliseconds since the epoch, by the clock of the state Redis. */
const momentMsSchema = z.int().min(0);

/** What a call took of one quota when it was decided. Its holder is the agent, or the role, of the call. */
export const quotaTakingSchema = z.object({
  /** Names the count (`QuotaClaim`). */
  key: z.string().min(1),
  per: quotaHolderSchema,
  /** Calls, tokens, or millionths of a US dollar. */
  amount: z.int().min(0),
  takenMs: momentMsSchema,
  /**
   * Where it is counted: of a fixed window the beginning; of a sliding one when it was taken, or with limits above 10,000 the
   * end of the hundredth of a window that this was in.
   */
  countedMs: momentMsSchema,
});
export type QuotaTaking = z.infer<typeof quotaTakingSchema>;

/** What became of all that a call took, once it had ended; nothing where it stayed as it was taken. */
export const quotaSettlementSchema = z.object({
  atMs: momentMsSchema,
  /** Nothing is counted any more: the call was never dispatched, or refused later. */
  givenBack: z.literal(true).optional(),
  /** What was used takes the place of what was taken. */
  used: costsSchema.optional(),
});
export type QuotaSettlement = z.infer<typeof quotaSettlementSchema>;
