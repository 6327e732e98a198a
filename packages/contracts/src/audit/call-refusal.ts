import * as z from 'zod';
import { callDecisionShape, callIdentityShape } from './call-decision.ts';
import { callOutcomeShape } from './call-outcome.ts';

const { role, act, traceId } = callDecisionShape;

/**
 * All that is recorded of a call of an authenticated agent that came to its end before it was decided: it names no tool, its
 * parameters do not fit, its token lacks the scope, its client left. Names that no adapter has told of are `unknown`.
 */
export const callRefusalSchema = z.object({
  ...callIdentityShape,
  part: z.literal('refusal'),
  role,
  act,
  traceId,
  ...callOutcomeShape,
});
export type CallRefusal = z.infer<typeof callRefusalSchema>;
