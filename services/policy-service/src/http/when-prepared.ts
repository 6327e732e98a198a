import type { RequestHandler } from 'express';

/** Lets nothing reach a database that is not prepared: in one that came late there may be no tables yet. */
export function whenPrepared(prepare: () => Promise<void>): RequestHandler {
  return async (_request, _response, next) => {
    await prepare();
    next();
  };
}
