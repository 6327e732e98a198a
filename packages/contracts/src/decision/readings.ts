import * as z from 'zod';
import { piiKindSchema } from './pii.ts';

/**
 * What guards read of a call's parameters, in place of the parameters: enough to decide anew by guards that were asked then,
 * nothing that could be personal.
 */
export const readingsSchema = z.object({
  /** Whether each condition was true, by the key that policy-engine gives it. */
  conditions: z.record(z.string(), z.boolean()),
  /** Whether there was personal data, of the kinds that were looked for. */
  pii: z.partialRecord(piiKindSchema, z.boolean()),
});
export type Readings = z.infer<typeof readingsSchema>;
