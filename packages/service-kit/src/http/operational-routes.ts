import { setTimeout as delay } from 'node:timers/promises';
import { type RequestHandler, Router } from 'express';
import { within } from '../lifecycle/within.ts';
import type { Metrics } from '../telemetry/index.ts';

/** A part that a service needs to serve: its name, and a check that rejects while it cannot be used. */
export interface ReadinessCheck {
  readonly name: string;
  /** Resolves when usable. One that has not settled after a second counts as failing. */
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
  router.get('/metrics', async (request, response) => {
    const { contentType, text } = await options.metrics.exposeFor(request.get('accept'));
    response.type(contentType).send(text);
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
      .set('Cache-Control', 'no-store')
      .json({ status: ready ? 'ready' : draining ? 'draining' : 'not ready', failing });
  };
}

/** Longest time that a check may take, in milliseconds. */
const checkTimeoutMs = 1_000;

/** Names of the checks that reject now, or do not settle within a second. */
export async function failingChecks(checks: readonly ReadinessCheck[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(
    checks.map((part) => within(checkTimeoutMs, async () => part.check())),
  );
  return checks.filter((_check, index) => outcomes[index]?.status === 'rejected').map(({ name }) => name);
}

const pollMs = 20;

/**
 * Resolves when no check fails any more, and after `timeoutMs` all the same. Time for which this process is kept from its core does not
 * count: on a crowded machine everything takes longer.
 */
export async function untilReady(checks: readonly ReadinessCheck[], timeoutMs: number): Promise<void> {
  let leftMs = timeoutMs;
  while (leftMs > 0) {
    const askedAt = performance.now();
    if ((await failingChecks(checks)).length === 0) return;
    leftMs -= performance.now() - askedAt + pollMs;
    await delay(pollMs);
  }
}
