import { ProblemError, toProblemError } from '@4runr/service-kit/errors';
import type { RequestHandler } from 'express';

/** Failures that do not say otherwise happened before anything could be sent to the provider; now they say so. */
export function notDispatched(handler: RequestHandler): RequestHandler {
  return async (request, response, next) => {
    const fail = (error: unknown) => next(withDispatched(toProblemError(error)));
    try {
      await handler(request, response, (error?: unknown) => (error === undefined ? next() : fail(error)));
    } catch (error) {
      fail(error);
    }
  };
}

function withDispatched({ code, detail, headers, cause, extensions }: ProblemError): ProblemError {
  return new ProblemError(code, {
    ...(detail === undefined ? {} : { detail }),
    headers,
    cause,
    extensions: { dispatched: 'no', ...extensions },
  });
}
