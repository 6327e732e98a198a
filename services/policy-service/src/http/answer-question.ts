import { type EvaluationResponse, evaluationRequestSchema } from '@4runr/contracts/decision';
import { decisionAttributes } from '@4runr/service-kit/telemetry';
import { trace } from '@opentelemetry/api';
import type { DecisionPoint } from '../domain/decision-point.ts';
import type { PolicyMetrics } from '../metrics.ts';
import { parseInput } from './parse-input.ts';

/**
 * Answers a question as it came in, and records the decision unless it was a dry run.
 *
 * @throws ProblemError `request.invalid`, and what the decision point throws: then there is no decision
 */
export type AnswerQuestion = (question: unknown) => Promise<EvaluationResponse>;

export function createAnswerQuestion(decisionPoint: DecisionPoint, metrics: PolicyMetrics): AnswerQuestion {
  return async (input) => {
    const startedAt = performance.now();
    const question = parseInput(evaluationRequestSchema, input);
    const answer = await decisionPoint(question, trace.getActiveSpan()?.spanContext().traceId);
    if (!question.context.dryRun) {
      metrics.recordDecision(question, answer, performance.now() - startedAt);
    }
    return answer;
  };
}

/** Notes on the span of the exchange what was decided. */
export function traceDecision(answer: EvaluationResponse): void {
  trace.getActiveSpan()?.setAttributes(decisionAttributes(answer));
}
