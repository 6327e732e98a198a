import type { RequestHandler } from 'express';

const requestId = 'X-Request-ID';

/** Gives a caller's request id back (AuthZEN 1.0 section 10.1.3). */
export const echoRequestId: RequestHandler = (request, response, next) => {
  const id = request.get(requestId);
  if (id !== undefined) response.set(requestId, id);
  next();
};
