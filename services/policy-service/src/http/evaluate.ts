import type { RequestHandler } from 'express';
import { type AnswerQuestion, traceDecision } from './answer-question.ts';

/** `POST /access/v1/evaluation` (AuthZEN 1.0 section 6): a denial is a 200 too. Touches nothing but memory. */
export function evaluateHandler(answerQuestion: AnswerQuestion): RequestHandler {
  return async (request, response) => {
    const answer = await answerQuestion(request.body);
    traceDecision(answer);
    response.set('Cache-Control', 'no-store').json(answer);
  };
}
