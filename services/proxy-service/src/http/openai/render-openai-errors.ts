import { type ProblemError, toProblemError } from '@4runr/service-kit/errors';
import { traceIdOf } from '@4runr/service-kit/http';
import type { ErrorRequestHandler } from 'express';
import { isWorthRepeating, toOpenaiError } from './openai-error.ts';

/** Answers failures below `/openai/` in OpenAI's form, paths and methods that are not there included; others are passed on. */
export function renderOpenaiErrors(
  reportFailure: (problem: ProblemError, path: string) => void,
): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (!request.path.startsWith('/openai/')) return next(thrown);
    const problem = toProblemError(thrown);
    reportFailure(problem, request.path);
    if (response.headersSent) return void response.destroy();
    response.status(problem.status).set(problem.headers).set('Cache-Control', 'no-store');
    response.set('X-Request-Id', traceIdOf(response));
    if (!isWorthRepeating(problem)) response.set('X-Should-Retry', 'false');
    response.json(toOpenaiError(problem));
  };
}
