import { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import { ProblemError } from '../errors/index.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One row of a service's table of routes. */
export interface Route {
  readonly method: Method;
  /** Path pattern of express. */
  readonly path: string;
  /** What runs, in order; the last one answers. */
  readonly handlers: readonly RequestHandler[];
  /** Sees their failures before they are rendered. */
  readonly onFailure?: ErrorRequestHandler;
}

/** A router of the rows. A known path with another method is answered 405 with `Allow` (RFC 9110 section 15.5.6). */
export function createRouter(routes: readonly Route[]): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const methods = new Map<string, string[]>();
  for (const { method, path, handlers, onFailure } of routes) {
    router[method](path, ...handlers, ...(onFailure === undefined ? [] : [onFailure]));
    methods.set(path, [
      ...(methods.get(path) ?? []),
      ...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]),
    ]);
  }
  for (const [path, allowed] of methods) {
    router.all(path, () => {
      throw new ProblemError('method.unsupported', { headers: { Allow: allowed.join(', ') } });
    });
  }
  return router;
}
