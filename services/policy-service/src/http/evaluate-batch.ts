import {
  type EvaluationResponse,
  type EvaluationsResponse,
  evaluationsRequestSchema,
  type FailedEvaluation,
  questionsOf,
} from '@4runr/contracts/decision';
import { ProblemError } from '@4runr/service-kit/errors';
import { trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import { answerInOrder } from '../domain/answer-in-order.ts';
import { type AnswerQuestion, traceDecision } from './answer-question.ts';
import { parseInput } from './parse-input.ts';

/**
 * `POST /access/v1/evaluations` (AuthZEN 1.0 section 7): many questions, each answered for itself; one that cannot be answered
 * is denied, and says why. A body without questions is one, and answered as `POST /access/v1/evaluation` does.
 */
export function evaluateBatchHandler(answerQuestion: AnswerQuestion): RequestHandler {
  return async (request, response) => {
    response.set('Cache-Control', 'no-store');
    const batch = parseInput(evaluationsRequestSchema, request.body);
    const questions = questionsOf(batch);
    trace.getActiveSpan()?.setAttribute('gateway.questions', questions.length);
    if (questions.length === 0) {
      const answer = await answerQuestion(request.body);
      traceDecision(answer);
      response.json(answer);
      return;
    }
    const semantic = batch.options?.evaluations_semantic ?? 'execute_all';
    const evaluations = await answerInOrder(questions, semantic, (question) =>
      answerAnyway(answerQuestion, question),
    );
    response.json({ evaluations } satisfies EvaluationsResponse);
  };
}

/** What cannot be answered is told in its own place, not to the cost of the others. What is unforeseen fails them all. */
async function answerAnyway(
  answerQuestion: AnswerQuestion,
  question: unknown,
): Promise<EvaluationResponse | FailedEvaluation> {
  try {
    return await answerQuestion(question);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { decision: false, context: { error: toEvaluationError(error) } };
  }
}

function toEvaluationError({ status, code, message, extensions }: ProblemError) {
  const faults = extensions.errors?.map(({ pointer, detail }) => `${pointer}: ${detail}`) ?? [];
  return { status, code, message: faults.length === 0 ? message : faults.join('; ') };
}
