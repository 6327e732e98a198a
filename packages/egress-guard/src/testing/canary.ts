import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Canary {
  readonly port: number;
  /** Connections that were opened to it, whether or not a request came. */
  connections(): number;
  /** Addresses at which they were opened, in order. */
  addresses(): readonly string[];
  close(): Promise<void>;
}

export interface CanaryOptions {
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** PEM; makes it an https server. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly listener?: RequestListener;
}

/** A server that notices every connection: what a guard must not let anybody reach, and what an exception must reach. */
export async function startCanary(options: CanaryOptions = {}): Promise<Canary> {
  const listener = options.listener ?? ((_request, response) => void response.end('canary'));
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  const addresses: string[] = [];
  server.on('connection', ({ localAddress }) => {
    addresses.push(localAddress?.replace('::ffff:', '') ?? '');
  });
  await new Promise<void>((resolve) =>
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve),
  );
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => addresses.length,
    addresses: () => addresses,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
