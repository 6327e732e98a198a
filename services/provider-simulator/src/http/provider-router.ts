import { toProblemError } from '@4runr/service-kit/errors';
import type { Route } from '@4runr/service-kit/http';
import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { RequestCounts } from '../domain/request-counts.ts';

/** A provider that is played here, with its own way of saying that something went wrong. */
export interface SimulatedProvider {
  readonly name: string;
  /** The paths that belong to it, those included that it does not have. */
  readonly paths: RegExp;
  readonly routes: readonly Route[];
  /** Answers a path or method that it does not have. */
  answerUnknown(request: Request, response: Response): void;
  /** Answers what was refused before a route could: a body that is broken, too large, or of another type. */
  answerFailure(response: Response, failure: ProviderFailure): void;
}

export interface ProviderFailure {
  readonly status: number;
  readonly detail: string;
}

/** Everything under a provider's paths: counted, answered by its routes, and else in its own form. */
export function createProviderRouter(provider: SimulatedProvider, counts: RequestCounts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use((request, _response, next) => next(provider.paths.test(request.path) ? undefined : 'router'));
  for (const { method, path, handlers } of provider.routes) {
    router[method](path, countArrival(counts, provider.name, path), ...handlers);
  }
  router.use(countArrival(counts, provider.name, 'unknown'), (request, response) =>
    provider.answerUnknown(request, response),
  );
  return router.use(answerFailuresOf(provider));
}

/** How nginx notes that a client went away before its answer was out. */
const clientClosedRequest = 499;

/** Counts a request when it arrives, and its answer when it is out. */
export function countArrival(counts: RequestCounts, provider: string, path: string): RequestHandler {
  return (request, response, next) => {
    const answered = counts.arrived(provider, `${request.method} ${path}`);
    response.once('close', () =>
      answered(response.writableFinished ? response.statusCode : clientClosedRequest),
    );
    next();
  };
}

function answerFailuresOf(provider: SimulatedProvider): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const { status, message } = toProblemError(error);
    if (response.headersSent || status >= 500) next(error);
    else provider.answerFailure(response, { status, detail: message });
  };
}
