import { toProblemError } from '@4runr/service-kit/errors';
import type { Route } from '@4runr/service-kit/http';
import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { SimulatedTool } from '../domain/fault/simulated-tool.ts';
import type { RequestCounts } from '../domain/request-counts.ts';
import type { ShownCredentials } from '../domain/shown-credentials.ts';
import { countArrival } from './count-arrival.ts';

/** A provider that is played here, with its own way of saying that something went wrong. */
export interface SimulatedProvider extends FaultyProvider {
  readonly name: string;
  /** The paths that belong to it, those included that it does not have. */
  readonly paths: RegExp;
  readonly routes: readonly Route[];
  /** The credential that a request shows; asked when its answer is out, so that its body has been read. */
  credentialOf(request: Request): string | undefined;
  /** Answers a path or method that it does not have. */
  answerUnknown(request: Request, response: Response): void;
  /** Answers what was refused before a route could: a body that is broken, too large, or of another type. */
  answerFailure(response: Response, failure: ProviderFailure): void;
}

export interface ProviderFailure {
  readonly status: number;
  readonly detail: string;
}

/** How faults of a tool show at its provider. */
export interface FaultyProvider {
  readonly tool: SimulatedTool;
  /** What a malformed answer is: JSON that breaks off, or a body that is not coded as its head says. */
  readonly malforms: 'json' | 'coding';
  /** Whether no fault hits a path. */
  isSpared?(path: string): boolean;
  /** Answers a status of failure or of a limit in the provider's own form. */
  answerFault(request: Request, response: Response, status: number): void;
}

/** Makes the layer through which a provider's requests pass: faults hit them there. */
export type FaultLayer = (provider: FaultyProvider) => RequestHandler;

/** Everything under a provider's paths: counted, hit by faults, answered by its routes, and else in its own form. */
export function createProviderRouter(
  provider: SimulatedProvider,
  parts: { counts: RequestCounts; credentials: ShownCredentials; faultLayer: FaultLayer },
): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const faults = parts.faultLayer(provider);
  const count = (path: string) => countArrival(parts.counts, provider.name, path);
  router.use((request, _response, next) => next(provider.paths.test(request.path) ? undefined : 'router'));
  router.use(noteCredential(provider, parts.credentials));
  for (const { method, path, handlers } of provider.routes) {
    router[method](path, count(path), faults, ...handlers);
  }
  router.use(count('unknown'), faults, (request, response) => provider.answerUnknown(request, response));
  return router.use(answerFailuresOf(provider));
}

function noteCredential(provider: SimulatedProvider, credentials: ShownCredentials): RequestHandler {
  return (request, response, next) => {
    response.once('close', () => {
      const credential = provider.credentialOf(request);
      if (credential !== undefined) credentials.shown(provider.name, credential);
    });
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
