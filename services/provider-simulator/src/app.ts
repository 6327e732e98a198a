import {
  createRouter,
  operationalRoutes,
  renderProblems,
  routeUnknown,
  traceExchange,
} from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { translateRedisError } from '@4runr/service-kit/redis';
import express, { type Express } from 'express';
import type { FaultParts } from './compose-faults.ts';
import type { SimulatorConfig } from './config.ts';
import { createDeclaredProvider } from './declared/declared-provider.ts';
import type { DeclaredProvider } from './declared/load-declared-providers.ts';
import type { Mailbox } from './domain/mailbox.ts';
import type { RequestCounts } from './domain/request-counts.ts';
import type { ShownCredentials } from './domain/shown-credentials.ts';
import { createGmail } from './gmail/gmail.ts';
import { createProviderRouter } from './http/provider-router.ts';
import { createOpenai } from './openai/openai.ts';
import { createSerpapi } from './serpapi/serpapi.ts';
import { createSimRoutes } from './sim/sim-routes.ts';
import { createWeb } from './web/web.ts';

/** What the rooms of the simulator share. */
export interface SimulatorParts extends FaultParts {
  readonly counts: RequestCounts;
  readonly mailbox: Mailbox;
  readonly credentials: ShownCredentials;
  /** The providers of files. */
  readonly declared: readonly DeclaredProvider[];
}

/** The providers with an API, told apart by path, and what tests ask the simulator itself. */
export function createApiApp(kit: Kit<SimulatorConfig>, parts: SimulatorParts): Express {
  const { bodyBytesMax } = kit.config;
  return createExpress().use(
    operationalRoutes({ metrics: kit.metrics, checks: [], isDraining: kit.isDraining }),
    traceExchange(kit.tracing),
    createProviderRouter(createSerpapi(), parts),
    createProviderRouter(createOpenai(bodyBytesMax), parts),
    createProviderRouter(createGmail(bodyBytesMax, parts.mailbox), parts),
    ...parts.declared.map((declared) =>
      createProviderRouter(createDeclaredProvider(declared, bodyBytesMax), parts),
    ),
    createRouter([...createSimRoutes(parts), ...parts.faultRoutes]),
    routeUnknown,
    renderProblems(kit.logger, [translateRedisError]),
  );
}

/** The small web, told apart by host. */
export function createWebApp(kit: Kit<SimulatorConfig>, parts: SimulatorParts): Express {
  return createExpress().use(traceExchange(kit.tracing), createWeb(parts), renderProblems(kit.logger));
}

function createExpress(): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  return app.set('query parser', 'simple');
}
