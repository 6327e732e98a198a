import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real web server on this machine: one address that the operator has allowed, and one that nobody has. */
export interface WebServer {
  readonly url: string;
  /** `host:port` for `HTTP_FETCH_ALLOW_HOSTS`. */
  readonly allowed: string;
  readonly notAllowedUrl: string;
  stop(): Promise<void>;
}

/**
 * `/page` answers; `/hits` counts what came to the address that is not allowed; `/to-not-allowed` redirects there. Of a
 * request for `/held/{name}`, others learn and decide: `/arrived/{name}` answers when it is there, `/release/{name}` lets
 * it be answered, `/left/{name}` answers when it was given up.
 */
export async function startWebServer(): Promise<WebServer> {
  let hits = 0;
  const notAllowed = await listen((_request, response) => {
    hits += 1;
    response.end('must not be reached');
  });
  const gateOf = createGates();
  const allowed = await listen(async ({ url = '' }, response) => {
    const [, page, name = ''] = url.split('/');
    const gate = gateOf(name);
    if (page === 'held') await hold(gate, response);
    if (page === 'arrived' || page === 'left') await gate[page].promise;
    if (page === 'release') gate.released.resolve();
    if (page === 'to-not-allowed') response.writeHead(302, { location: notAllowed.url });
    response.end(page === 'hits' ? String(hits) : 'a real page');
  });
  return {
    url: allowed.url,
    allowed: new URL(allowed.url).host,
    notAllowedUrl: notAllowed.url,
    async stop() {
      for (const { server } of [allowed, notAllowed]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

interface Gate {
  readonly arrived: PromiseWithResolvers<void>;
  readonly released: PromiseWithResolvers<void>;
  readonly left: PromiseWithResolvers<void>;
}

function createGates(): (name: string) => Gate {
  const gates = new Map<string, Gate>();
  return (name) => {
    const gate = gates.get(name) ?? {
      arrived: Promise.withResolvers<void>(),
      released: Promise.withResolvers<void>(),
      left: Promise.withResolvers<void>(),
    };
    gates.set(name, gate);
    return gate;
  };
}

async function hold({ arrived, released, left }: Gate, response: ServerResponse): Promise<void> {
  response.once('close', () => {
    if (!response.writableFinished) left.resolve();
  });
  arrived.resolve();
  await Promise.race([released.promise, left.promise]);
}

async function listen(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
