import * as z from 'zod';
import { costsSchema } from '../cost/index.ts';
import { type FactKind, nameSchema } from '../manifest/index.ts';
import { roleSchema } from '../token/index.ts';
import { actingAgentSchema } from './acting-agent.ts';
import { obligationSchema } from './obligation.ts';
import { quotaStateSchema } from './quota.ts';
import { policyReferenceSchema, reasonSchema } from './reason.ts';
import { callScopeSchema } from './scope.ts';

/** Paths of the AuthZEN Authorization API 1.0 at policy-service; never reachable through the edge. */
export const evaluationPath = '/access/v1/evaluation';
export const authzenConfigurationPath = '/.well-known/authzen-configuration';

/** What guards look at: every value of each kind that the call's parameters hold. */
export const factsSchema = z.strictObject({
  url: z.array(z.string()),
  model: z.array(z.string()),
  recipient: z.array(z.string()),
} satisfies Record<FactKind, z.ZodType>);
export type Facts = z.infer<typeof factsSchema>;

/** Body of `POST /access/v1/evaluation` (AuthZEN 1.0 section 6.1): may this agent make this call? */
export const evaluationRequestSchema = z
  .object({
    subject: z.object({
      type: z.literal('agent'),
      id: z.string().min(1).max(128),
      properties: z.object({
        role: roleSchema,
        /** The agents acting for the subject: each needs permission of its own. Null where it calls by itself. */
        act: actingAgentSchema.nullable(),
      }),
    }),
    action: z.object({ name: callScopeSchema }),
    resource: z.object({ type: z.literal('tool'), id: nameSchema }),
    context: z.object({
      /** A question that is asked again under the id of another gets the same answer. */
      callId: z.string().regex(/^[\w-]{1,128}$/),
      /** `Agent-Intent` as the agent sent it. */
      intent: z.string().optional(),
      params: z.record(z.string(), z.unknown()),
      facts: factsSchema,
      /** Length of the call's body as it arrived, in bytes. */
      requestBytes: z.int().min(0),
      /** Whether the answer is to be streamed. Not, where nothing is said. */
      streamed: z.boolean().optional(),
      /** Most that the call can use, for quotas of tokens (whole) and of money (millionths of a US dollar). */
      costs: costsSchema.optional(),
      /**
       * Id of the call whose outcome is to be answered again, in place of carrying this one out: it is decided and recorded, takes
       * of no quota, and is permitted to no adapter.
       */
      replayOf: z
        .string()
        .regex(/^[\w-]{1,128}$/)
        .optional(),
      /** Only asks: nothing is taken, recorded or permitted. */
      dryRun: z.boolean(),
    }),
  })
  .refine(({ action, resource }) => action.name.startsWith(`${resource.id}:`), {
    path: ['resource', 'id'],
    error: 'is not the tool of the action',
  });
export type EvaluationRequest = z.infer<typeof evaluationRequestSchema>;

/** Largest number of reasons in an answer; what decided comes first. */
export const reasonsMax = 20;

/** `200` of an evaluation (AuthZEN 1.0 section 6.2), allowed or not. Anything else is a problem document. */
export const evaluationResponseSchema = z.object({
  decision: z.boolean(),
  context: z.object({
    decisionId: z.string().min(1),
    /** The policy that decided; null where none names the scope for this subject. */
    policy: policyReferenceSchema.nullable(),
    /** The rule that decided first; on a denial, then what else would have been needed. */
    reasons: z.array(reasonSchema).min(1).max(reasonsMax),
    obligations: z.array(obligationSchema),
    /** State of the quotas that the call has taken of, or would have. */
    quota: z.array(quotaStateSchema),
    /** Only where a quota is used up: when the call would be allowed, if nobody called meanwhile. */
    retryAfterSeconds: z.int().min(1).optional(),
    /** When the decision was recorded; none in a dry run. What came of the call is recorded under the same time. */
    recordedAt: z.iso.datetime().optional(),
    /** Proof for the adapter; only with an allowing decision on what is to be carried out: no dry run, no replay. */
    permit: z.string().min(1).optional(),
  }),
});
export type EvaluationResponse = z.infer<typeof evaluationResponseSchema>;

/** `200` of `GET /.well-known/authzen-configuration` (AuthZEN 1.0 section 9): only what really exists. */
export const authzenConfigurationSchema = z.object({
  policy_decision_point: z.url(),
  access_evaluation_endpoint: z.url(),
  access_evaluations_endpoint: z.url(),
});
export type AuthzenConfiguration = z.infer<typeof authzenConfigurationSchema>;
