import { renderProblems, traceExchange } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import express, { type Express, type Request } from 'express';
import type { RequestCounts } from '../domain/request-counts.ts';
import { simulatedHosts } from '../hosts.ts';
import { pageAt } from './pages.ts';

/** The name in a `Host` header, without its port. */
export function hostNameOf(request: { headers: { host?: string | undefined } }): string {
  return (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
}

/** Whether a name is one that the simulator declares. */
export function isSimulatedHost(name: string): boolean {
  return simulatedHosts.some((host) =>
    host.startsWith('*.') ? name.endsWith(host.slice(1)) : name === host,
  );
}

/** The small web, told apart by the `Host` header. */
export function createWebApp(kit: Kit, counts: RequestCounts): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(traceExchange(kit.tracing));
  app.use((request: Request, response) => {
    const page = pageAt(hostNameOf(request), request.path);
    counts.add('web', `${request.method} ${hostNameOf(request)}`, page.status);
    if (page.location !== undefined) response.set('Location', page.location);
    response.status(page.status).type(page.type).send(page.body);
  });
  app.use(renderProblems(kit.logger));
  return app;
}
