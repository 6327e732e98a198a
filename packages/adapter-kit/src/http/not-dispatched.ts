import { ProblemError, toProblemError } from '@4runr/service-kit/errors';
import type { ErrorRequestHandler } from 'express';

/** Failures that do not say otherwise happened before anything could be sent to the provider; now they say so. */
export const notDispatched: ErrorRequestHandler = (error, _request, _response, next) =>
  next(withDispatched(toProblemError(error)));

function withDispatched({ code, detail, headers, cause, extensions }: ProblemError): ProblemError {
  return new ProblemError(code, {
    ...(detail === undefined ? {} : { detail }),
    headers,
    cause,
    extensions: { dispatched: 'no', ...extensions },
  });
}
