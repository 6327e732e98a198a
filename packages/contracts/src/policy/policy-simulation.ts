import * as z from 'zod';
import {
  evaluationRequestSchema,
  obligationSchema,
  policyReferenceSchema,
  quotaClaimSchema,
  reasonSchema,
  reasonsMax,
  shadowVerdictSchema,
} from '../decision/index.ts';
import { nameSchema } from '../manifest/index.ts';
import { roleSchema } from '../token/index.ts';

/** A date and time (RFC 3339). */
const momentSchema = z.iso.datetime({ offset: true });

/** Body of `POST /v1/policies/simulate`: would this call be allowed? */
export const simulateCallSchema = z.strictObject({
  /** An agent by its id, with the role that it has; or any agent of a role. */
  agent: z.union([
    z.string().min(1).max(128),
    z.strictObject({ id: z.string().min(1).max(128).optional(), role: roleSchema }),
  ]),
  tool: nameSchema,
  action: nameSchema,
  params: z.record(z.string(), z.unknown()),
  /** `Agent-Intent` that the call would have. */
  intent: z.string().optional(),
  /** When it would be made; now, unless said. */
  at: momentSchema.optional(),
  /** A policy document that stands in for the active one of its name, or beside the others. */
  policy: z.unknown().optional(),
});
export type SimulateCall = z.infer<typeof simulateCallSchema>;

/** `200` of a simulation. Nothing was taken or recorded. */
export const simulationSchema = z.object({
  decision: z.enum(['allow', 'deny']),
  reasons: z.array(reasonSchema).min(1).max(reasonsMax),
  /** The policy that decides; null where none names the scope for this agent. */
  policy: policyReferenceSchema.nullable(),
  obligations: z.array(obligationSchema),
  /** What the call would take of quotas; whether there is enough left is not looked at. */
  quotas: z.array(quotaClaimSchema),
  /** What each policy in shadow would make of it. */
  shadow: z.array(shadowVerdictSchema),
});
export type Simulation = z.infer<typeof simulationSchema>;

/** Where proxy-service, which knows tools and their facts, has a call simulated; never reachable through the edge. */
export const simulationPath = '/internal/simulations';

/** Body of `POST /internal/simulations`; answered by `Simulation`, or 422 with the faults of `policy` below `/policy`. */
export const simulationRequestSchema = z.object({
  /** As it would be asked for the call itself. */
  question: evaluationRequestSchema,
  at: momentSchema.optional(),
  policy: z.unknown().optional(),
});
export type SimulationRequest = z.infer<typeof simulationRequestSchema>;
