import { setTimeout as pause } from 'node:timers/promises';
import { writeInTurn } from '@4runr/service-kit/sse';
import { type RequestHandler, type Response, Router } from 'express';
import type { RequestCounts } from '../domain/request-counts.ts';
import { simulatedHosts } from '../hosts.ts';
import { countArrival } from '../http/count-arrival.ts';
import type { FaultLayer } from '../http/provider-router.ts';
import type { Page } from './page.ts';
import { failure, methodNotAllowed, pageAt } from './pages.ts';
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
    return answer(response, isRead ? pageAt(host, request.path) : methodNotAllowed(host));
  });
}

/** Sends a page, no faster than it is read, until its reader leaves. */
async function answer(response: Response, { status, headers, body, delayMs = 0 }: Page): Promise<void> {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  try {
    if (delayMs > 0) await pause(delayMs, undefined, leaving);
    // Express would name a charset where there is none.
    response.status(status).setHeaders(new Map(Object.entries(headers)));
    if (typeof body === 'string' || Buffer.isBuffer(body)) response.send(body);
    else await sendBitByBit(response, body, leaving);
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
  }
}

async function sendBitByBit(
  response: Response,
  body: AsyncIterable<Buffer>,
  leaving: AbortController,
): Promise<void> {
  if (response.req.method !== 'HEAD')
    for await (const chunk of body) await writeInTurn(response, chunk, leaving);
  response.end();
}
