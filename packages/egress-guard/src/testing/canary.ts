import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Canary {
  readonly port: number;
  /** Connections that were opened to it, whether or not a request came. */
  connections(): number;
  close(): Promise<void>;
}

export interface CanaryOptions {
  readonly host?: string;
  /** PEM; makes it an https server. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly listener?: RequestListener;
}

/** A server that notices every connection: what a guard must not let anybody reach, and what an exception must reach. */
export async function startCanary(options: CanaryOptions = {}): Promise<Canary> {
  const listener = options.listener ?? ((_request, response) => void response.end('canary'));
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, options.host ?? '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
