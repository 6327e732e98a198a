import * as z from 'zod';
import { actorsMax, roleSchema } from '../token/index.ts';

/** An agent that acts for the subject of a question; `act` inside it is the one that acted before it (RFC 8693 section 4.1). */
export interface ActingAgent {
  id: string;
  role: string;
  act?: ActingAgent | undefined;
}

const chainSchema: z.ZodType<ActingAgent> = z.lazy(() =>
  z.object({ id: z.string().min(1).max(128), role: roleSchema, act: chainSchema.optional() }),
);

/** At most `actorsMax` agents. */
export const actingAgentSchema = chainSchema.refine(
  (act) => actingAgentsOf(act).length <= actorsMax,
  `names more than ${actorsMax} acting agents`,
);

/** The agents of a chain, the present one first; none of `null`. */
export function actingAgentsOf(act: ActingAgent | null | undefined): readonly ActingAgent[] {
  return act == null ? [] : [act, ...actingAgentsOf(act.act)];
}
