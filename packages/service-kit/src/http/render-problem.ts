import { type Problem, problemMediaType, toProblem } from '@4runr/contracts/problem';
import { trace } from '@opentelemetry/api';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { type ErrorTranslator, ProblemError, toProblemError } from '../errors/index.ts';
import type { Logger } from '../telemetry/index.ts';
import { traceIdOf } from './trace-exchange.ts';

/** Where failures become answers, unless a service has a form of its own: RFC 9457 documents to the client, causes to the log. */
export function renderProblems(
  logger: Logger,
  translators: readonly ErrorTranslator[] = [],
): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const problem = toProblemError(error, translators);
    reportFailure(logger, problem, request.path);
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
  };
}

/** Tells the log and the active span why a request failed: what its client is not told. */
export function reportFailure(logger: Logger, problem: ProblemError, path: string): void {
  trace.getActiveSpan()?.setAttribute('error.type', problem.code);
  const level = levelOf(problem);
  if (!logger.isLevelEnabled(level)) return;
  logger[level]({ err: problem.cause ?? problem, code: problem.code, path }, 'request failed');
}

/** What is ours to mend is an error; what clients do wrong, and load that is shed, would only fill the log. */
function levelOf({ code, status }: ProblemError): 'error' | 'warn' | 'debug' {
  if (code === 'internal') return 'error';
  return status < 500 || code === 'overload.shed' ? 'debug' : 'warn';
}

/** Writes the problem document of a failure. */
export function sendProblem(response: Response, problem: ProblemError): void {
  const document = documentOf(problem, traceIdOf(response));
  response
    .status(problem.status)
    .set(problem.headers)
    .set('Cache-Control', 'no-store')
    .type(problemMediaType);
  response.send(JSON.stringify(document));
}

/** The problem document of a failure, for whoever does not answer it at once. @param traceId empty where there is none */
export function documentOf({ code, detail, extensions }: ProblemError, traceId: string): Problem {
  return toProblem(code, {
    ...(detail === undefined ? {} : { detail }),
    ...(traceId === '' ? {} : { traceId }),
    extensions,
  });
}

/** Ends every list of routes: nothing else is here. */
export const routeUnknown: RequestHandler = () => {
  throw new ProblemError('route.unknown');
};
