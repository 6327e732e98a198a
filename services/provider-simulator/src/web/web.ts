import { type RequestHandler, type Response, Router } from 'express';
import type { RequestCounts } from '../domain/request-counts.ts';
import { simulatedHosts } from '../hosts.ts';
import { countArrival } from '../http/count-arrival.ts';
import type { FaultLayer } from '../http/provider-router.ts';
import { failure, methodNotAllowed, type Page, pageAt } from './pages.ts';
import { hostNameOf, simulatedHostOf } from './virtual-host.ts';

/** The small web: the same pages at every declared host. Requests are counted by declared host. */
export function createWeb({ counts, faultLayer }: { counts: RequestCounts; faultLayer: FaultLayer }): Router {
  const counters = new Map(simulatedHosts.map((host) => [host, countArrival(counts, 'web', host)]));
  const count: RequestHandler = (request, response, next) => {
    const counter = counters.get(simulatedHostOf(request.headers.host) ?? '');
    void (counter === undefined ? next() : counter(request, response, next));
  };
  const faults = faultLayer({
    tool: 'http_fetch',
    malforms: 'coding',
    answerFault: ({ headers }, response, status) =>
      answer(response, failure(hostNameOf(headers.host), status)),
  });
  return Router().use(count, faults, (request, response) => {
    const host = hostNameOf(request.headers.host);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    answer(response, isRead ? pageAt(host, request.path) : methodNotAllowed(host));
  });
}

function answer(response: Response, { status, headers, body }: Page): void {
  response.status(status).set(headers).send(body);
}
