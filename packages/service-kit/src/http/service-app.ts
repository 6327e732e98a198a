import express, { type ErrorRequestHandler, type Express } from 'express';
import type { ErrorTranslator } from '../errors/index.ts';
import type { Kit } from '../lifecycle/index.ts';
import { operationalRoutes, type ReadinessCheck, untilReady } from './operational-routes.ts';
import { renderProblems, routeUnknown } from './render-problem.ts';
import { createRouter, type Route } from './route-table.ts';
import { traceExchange } from './trace-exchange.ts';

export interface ServiceAppOptions {
  readonly routes: readonly Route[];
  readonly checks: readonly ReadinessCheck[];
  /** Recognise the failures of the libraries that this service uses. */
  readonly translators?: readonly ErrorTranslator[];
  /** Answer failures in a form of their own, in this order; what they pass on (`next(error)`) becomes a problem document. */
  readonly failureRenderers?: readonly ErrorRequestHandler[];
}

/** The express app of a service: what runs for every exchange, in this order. */
export function createServiceApp(kit: Kit, options: ServiceAppOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.set('query parser', 'simple');
  app.use(
    operationalRoutes({ metrics: kit.metrics, checks: options.checks, isDraining: kit.isDraining }),
    traceExchange(kit.tracing),
    createRouter(options.routes),
    routeUnknown,
    ...(options.failureRenderers ?? []),
    renderProblems(kit.logger, options.translators),
  );
  return app;
}

/** Longest wait of a replica until it can serve, in milliseconds. */
const preparationMs = 2_000;

/**
 * As {@link createServiceApp}, once the service is ready or two seconds have passed (`untilReady`): who balances without asking for readiness, as
 * nginx does, sends calls as soon as there is a listener.
 *
 * @param awaited what must succeed besides before there is a listener, though without it the service counts as ready later on
 */
export async function prepareServiceApp(
  kit: Kit,
  options: ServiceAppOptions,
  awaited: readonly ReadinessCheck[] = [],
): Promise<Express> {
  const app = createServiceApp(kit, options);
  await untilReady([...options.checks, ...awaited], preparationMs);
  return app;
}
