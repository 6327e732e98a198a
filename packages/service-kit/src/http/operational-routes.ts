import { type RequestHandler, Router } from 'express';
import type { Metrics } from '../telemetry/index.ts';

/** A part that a service needs to serve: its name, and a check that rejects while it cannot be used. */
export interface ReadinessCheck {
  readonly name: string;
  /** Resolves when usable. Must settle on its own within about a second. */
  check(): Promise<void> | void;
}

/** `/livez`, `/readyz` and `/metrics`: no token needed, never reachable through the edge. */
export function operationalRoutes(options: {
  metrics: Metrics;
  checks: readonly ReadinessCheck[];
  isDraining: () => boolean;
}): Router {
  const router = Router();
  router.get('/livez', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', readiness(options));
  router.get('/metrics', async (_request, response) => {
    response.type(options.metrics.contentType).send(await options.metrics.expose());
  });
  return router;
}

function readiness(options: {
  checks: readonly ReadinessCheck[];
  isDraining: () => boolean;
}): RequestHandler {
  return async (_request, response) => {
    const failing = await failingChecks(options.checks);
    const draining = options.isDraining();
    const ready = failing.length === 0 && !draining;
    response
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'ready' : draining ? 'draining' : 'not ready', failing });
  };
}

/** Names of the checks that reject now. */
export async function failingChecks(checks: readonly ReadinessCheck[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(checks.map(async ({ check }) => check()));
  return checks.filter((_check, index) => outcomes[index]?.status === 'rejected').map(({ name }) => name);
}
