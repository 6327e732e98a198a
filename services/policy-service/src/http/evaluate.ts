import { evaluationRequestSchema } from '@4runr/contracts/decision';
import { trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import type { DecisionPoint } from '../domain/decision-point.ts';
import type { PolicyMetrics } from '../metrics.ts';
import { parseInput } from './parse-input.ts';

/** `POST /access/v1/evaluation` (AuthZEN 1.0 section 6): a denial is a 200 too. Touches nothing but memory. */
export function evaluateHandler(decisionPoint: DecisionPoint, metrics: PolicyMetrics): RequestHandler {
  return (request, response) => {
    const startedAt = performance.now();
    const question = parseInput(evaluationRequestSchema, request.body);
    const answer = decisionPoint(question);
    if (!question.context.dryRun) {
      metrics.recordDecision(question, answer, performance.now() - startedAt);
    }
    trace.getActiveSpan()?.setAttributes({
      'gateway.decision': answer.decision ? 'allow' : 'deny',
      'gateway.decision_id': answer.context.decisionId,
      'gateway.policy': answer.context.policy?.name ?? '',
      'gateway.rule': answer.context.reasons[0]?.rule ?? '',
    });
    response.set('Cache-Control', 'no-store').json(answer);
  };
}
