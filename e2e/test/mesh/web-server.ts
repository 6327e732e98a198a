import { createServer, type RequestListener, type Server } from 'node:http';
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
 * `/page` answers; `/held` answers only when `/release` is asked for, and `/arrived` when somebody waits at `/held`;
 * `/hits` counts what came to the address that is not allowed.
 */
export async function startWebServer(): Promise<WebServer> {
  let hits = 0;
  const arrived = gate();
  const released = gate();
  const allowed = await listen(async (request, response) => {
    if (request.url === '/held') {
      arrived.open();
      await released.opened;
    }
    if (request.url === '/arrived') await arrived.opened;
    if (request.url === '/release') released.open();
    response
      .setHeader('content-type', 'text/plain')
      .end(request.url === '/hits' ? String(hits) : 'a real page');
  });
  const notAllowed = await listen((_request, response) => {
    hits += 1;
    response.end('must not be reached');
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

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

async function listen(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
