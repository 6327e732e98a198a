import * as z from 'zod';
import { reasonsMax } from './evaluation.ts';
import { policyReferenceSchema, reasonSchema } from './reason.ts';

/** What the verdict would have been if a policy in shadow were enforced. */
export const shadowVerdictSchema = z.object({
  policy: policyReferenceSchema,
  allowed: z.boolean(),
  reasons: z.array(reasonSchema).min(1).max(reasonsMax).readonly(),
});
