import * as z from 'zod';
import { costsSchema } from '../cost/index.ts';
import {
  actingAgentSchema,
  factsSchema,
  obligationSchema,
  policyReferenceSchema,
  quotaStateSchema,
  readingsSchema,
  reasonSchema,
  reasonsMax,
  shadowVerdictSchema,
} from '../decision/index.ts';
import { nameSchema } from '../manifest/index.ts';
import { roleSchema } from '../token/index.ts';
import { quotaTakingSchema } from './quota-taking.ts';

/** What both parts of a call's record say, so that either may come first. */
export const callIdentityShape = {
  kind: z.literal('call'),
  /** The call's id. */
  id: z.string().regex(/^[\w-]{1,128}$/),
  /** When it was decided, by the clock of the state Redis. */
  at: z.iso.datetime(),
  /** Who called; for whom, where another agent acts. */
  agent: z.string().min(1).max(128),
  tool: nameSchema,
  action: nameSchema,
};

/** `allowed`; `denied` by a policy; `limited`: allowed, but a quota is used up. */
export const callVerdictSchema = z.enum(['allowed', 'denied', 'limited']);

/** What a verdict was reached by beside the call: enough to reach it again, by the same policies or by others. */
export const decisionBasisSchema = z.object({
  /** Of the policies: there is another after every change of what is active. */
  revision: z.string().regex(/^\d{1,19}$/),
  /** What the clock showed by which it was decided; `at` of the record is that of the state Redis. */
  at: z.iso.datetime(),
  /** The most that the call could use, as far as that was bounded; absent from records older than quotas of costs. */
  costs: costsSchema.optional(),
  /** Only where guards looked at the parameters, which are not recorded. */
  readings: readingsSchema.optional(),
});
export type DecisionBasis = z.infer<typeof decisionBasisSchema>;

/** What is decided about a call and why, as it may be shown. */
export const callDecisionShape = {
  decisionId: z.string().min(1),
  role: roleSchema,
  /** Who acted for the agent; null where it called by itself. */
  act: actingAgentSchema.nullable(),
  decision: callVerdictSchema,
  policy: policyReferenceSchema.nullable(),
  reasons: z.array(reasonSchema).min(1).max(reasonsMax),
  obligations: z.array(obligationSchema),
  /** What the verdict would have been with each policy in shadow enforced; only where there are any. */
  shadow: z.array(shadowVerdictSchema).optional(),
  /** The quotas asked for, as they stood after the decision. */
  quota: z.array(quotaStateSchema),
  /** What was taken of them; only of an allowed call. */
  taken: z.array(quotaTakingSchema).optional(),
  /** Only of a limited call: when it would not have been, had nobody called meanwhile. */
  retryAfterSeconds: z.int().min(1).optional(),
  /** Facts that the decision looked at, without what may be personal: of a url no query, of a recipient the domain alone. */
  facts: factsSchema,
  /** The facts as they were, encrypted; only where something was left out above. Never shown. */
  sealedFacts: z.string().min(1).optional(),
  /** For replays, never shown. Absent where policies were switched off. */
  basis: decisionBasisSchema.optional(),
  /** Whether there were more or longer facts than are recorded. */
  factsCut: z.literal(true).optional(),
  /** SHA-256 of the canonical parameters (RFC 8785), base64url without padding. */
  paramsSha256: z.string().length(43),
  requestBytes: z.int().min(0),
  /** Only of calls whose answers were to be streamed. */
  streamed: z.literal(true).optional(),
  /** Only of a call that was answered by what had come of an earlier one with its idempotency key: the id of that one. */
  replayOf: z
    .string()
    .regex(/^[\w-]{1,128}$/)
    .optional(),
  intent: z.string().nullable(),
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable(),
};

/** The first part of a call's record: written with the decision, atomically. */
export const callDecisionSchema = z.object({
  ...callIdentityShape,
  part: z.literal('decision'),
  ...callDecisionShape,
});
export type CallDecision = z.infer<typeof callDecisionSchema>;
