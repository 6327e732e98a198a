import * as z from 'zod';
import { evaluationResponseSchema } from './evaluation.ts';

/** Path of batch evaluation at policy-service (AuthZEN 1.0 section 7); never reachable through the edge. */
export const evaluationsPath = '/access/v1/evaluations';

/** Largest number of questions in one batch. */
export const evaluationsMax = 256;

/**
 * How the questions of a batch belong together (AuthZEN 1.0 section 7.1.2.1).
 *
 * - `execute_all`: each is answered
 * - `deny_on_first_deny`: in order, up to and including the first that is denied or cannot be answered
 * - `permit_on_first_permit`: in order, up to and including the first that is allowed
 */
export const evaluationsSemantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
export type EvaluationsSemantic = (typeof evaluationsSemantics)[number];

/**
 * Body of `POST /access/v1/evaluations`. `subject`, `action`, `resource` and `context` at the top stand for those that a
 * question lacks: whole, they are never merged. Each question is read by itself (`evaluationRequestSchema`), so that one that
 * is malformed does not take the others' answers. Without questions it is itself a question, and answered as such.
 */
export const evaluationsRequestSchema = z.object({
  subject: z.unknown().optional(),
  action: z.unknown().optional(),
  resource: z.unknown().optional(),
  context: z.unknown().optional(),
  evaluations: z.array(z.unknown()).max(evaluationsMax).optional(),
  options: z.object({ evaluations_semantic: z.enum(evaluationsSemantics).optional() }).optional(),
});
export type EvaluationsRequest = z.infer<typeof evaluationsRequestSchema>;

/** The questions of a batch with the defaults filled in; none where it is itself a question. */
export function questionsOf({ evaluations = [], ...request }: EvaluationsRequest): readonly unknown[] {
  const { options: _options, ...defaults } = request;
  return evaluations.map((own) =>
    typeof own === 'object' && own !== null && !Array.isArray(own) ? { ...defaults, ...own } : own,
  );
}

/** A question that cannot be answered is not allowed (AuthZEN 1.0 section 7.2.1). */
export const failedEvaluationSchema = z.object({
  decision: z.literal(false),
  context: z.object({
    error: z.object({
      /** What a question of its own would have been answered with. */
      status: z.int().min(400).max(599),
      code: z.string().min(1),
      message: z.string().min(1),
    }),
  }),
});
export type FailedEvaluation = z.infer<typeof failedEvaluationSchema>;

/** `200` of a batch: answers in the order of the questions, fewer where the semantic ends it early. */
export const evaluationsResponseSchema = z.object({
  evaluations: z.array(z.union([failedEvaluationSchema, evaluationResponseSchema])),
});
export type EvaluationsResponse = z.infer<typeof evaluationsResponseSchema>;
