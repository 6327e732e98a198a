import * as z from 'zod';
import { problemSchema } from '../problem/index.ts';
import { usageSchema } from './call.ts';

/**
 * What an adapter answers a call with that asks for a stream: `200 text/event-stream`. Events without a type are pieces of the
 * result, each a JSON text. The last event is of one of these types; without one, what came is not all. A call that fails before
 * its first piece is answered by a problem document, as any call is.
 */
export const adapterStreamEnds = {
  /** The result is complete: `adapterStreamEndSchema`. */
  end: 'end',
  /** It broke off: `adapterStreamProblemSchema`. */
  problem: 'problem',
} as const;

export const adapterStreamEndSchema = z.object({
  usage: usageSchema.optional(),
  /** How long the provider took, its reader's slowness included, in milliseconds. */
  upstreamMs: z.number().min(0),
});
export type AdapterStreamEnd = z.infer<typeof adapterStreamEndSchema>;

export const adapterStreamProblemSchema = adapterStreamEndSchema.extend({
  /** Carries `dispatched`, as all failures of adapters do. */
  problem: problemSchema,
});
export type AdapterStreamProblem = z.infer<typeof adapterStreamProblemSchema>;
