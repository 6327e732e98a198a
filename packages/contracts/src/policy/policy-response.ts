import * as z from 'zod';
import { responsePathSchema } from '../response-path/index.ts';
import { textPatternSchema } from '../text-pattern/index.ts';
import { listOf } from './entry-list.ts';

/** Most paths and most patterns of one document. */
const pathsMax = 100;
const patternsMax = 50;

/** What is done to the answers of calls that the policy names the scope of. */
export const policyResponseSchema = z.strictObject({
  /** Paths of what is made unreadable. */
  redact: listOf(responsePathSchema, pathsMax).optional(),
  /** Paths of texts, and how many characters of these are kept. */
  truncate: z
    .record(responsePathSchema, z.int().min(0))
    .refine((limits) => Object.keys(limits).length <= pathsMax, `has more than ${pathsMax} paths`)
    .optional(),
  /** Answers that one of these patterns fits are not handed on. */
  block: listOf(textPatternSchema, patternsMax).optional(),
});
export type PolicyResponse = z.infer<typeof policyResponseSchema>;
