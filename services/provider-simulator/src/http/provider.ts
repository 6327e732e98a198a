import { toProblemError } from '@4runr/service-kit/errors';
import type { Route } from '@4runr/service-kit/http';
import type { RequestHandler, Response } from 'express';
import type { RequestCounts } from '../domain/request-counts.ts';

/** A provider that is played here: its routes, and how it words failures that its handlers do not see. */
export interface SimulatedProvider {
  readonly name: string;
  readonly routes: readonly Route[];
}

/** The routes of a provider, each request counted with the status that it was answered with. */
export function countedRoutes(provider: SimulatedProvider, counts: RequestCounts): readonly Route[] {
  return provider.routes.map((route) => {
    const name = `${route.method.toUpperCase()} ${route.path}`;
    const count: RequestHandler = (_request, response, next) => {
      response.once('close', () => counts.add(provider.name, name, response.statusCode));
      next();
    };
    return { ...route, handlers: [count, ...route.handlers] };
  });
}

/** Runs a body parser and lets the provider word what the parser refuses. */
export function parseAs(
  parser: RequestHandler,
  answerFailure: (response: Response, failure: { status: number; detail: string }) => void,
): RequestHandler {
  return (request, response, next) => {
    const onParsed = (error?: unknown) => {
      if (error === undefined) return next();
      const problem = toProblemError(error);
      answerFailure(response, { status: problem.status, detail: problem.message });
    };
    try {
      void parser(request, response, onParsed);
    } catch (error) {
      onParsed(error);
    }
  };
}
