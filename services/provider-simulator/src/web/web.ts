import { type RequestHandler, Router } from 'express';
import type { RequestCounts } from '../domain/request-counts.ts';
import { simulatedHosts } from '../hosts.ts';
import { countArrival } from '../http/provider-router.ts';
import { methodNotAllowed, type Page, pageAt } from './pages.ts';
import { hostNameOf, simulatedHostOf } from './virtual-host.ts';

/** The small web: the same pages at every declared host. Requests are counted by declared host. */
export function createWeb(counts: RequestCounts): Router {
  const counters = new Map(simulatedHosts.map((host) => [host, countArrival(counts, 'web', host)]));
  const count: RequestHandler = (request, response, next) => {
    const counter = counters.get(simulatedHostOf(request.headers.host) ?? '');
    void (counter === undefined ? next() : counter(request, response, next));
  };
  return Router().use(count, (request, response) => {
    const host = hostNameOf(request.headers.host);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const page: Page = isRead ? pageAt(host, request.path) : methodNotAllowed(host);
    response.status(page.status).set(page.headers).send(page.body);
  });
}
