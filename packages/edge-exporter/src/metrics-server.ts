import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EdgeMetrics } from './edge-metrics.ts';

/** `/metrics`, `/livez` and `/readyz`, without what services have beside them: it costs half the memory. */
export async function serveMetrics(
  metrics: EdgeMetrics,
  place: { port: number; host: string },
): Promise<{ server: Server; port: number }> {
  const server = createServer(answerWith(metrics));
  server.listen(place);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

function answerWith({ contentType, expose }: EdgeMetrics): RequestListener {
  return async ({ method, url }, response) => {
    if (method !== 'GET') response.writeHead(405, { Allow: 'GET' }).end();
    else if (url === '/metrics') response.setHeader('Content-Type', contentType).end(await expose());
    else if (url === '/livez' || url === '/readyz') response.end('{"status":"ok"}');
    else response.writeHead(404).end();
  };
}
