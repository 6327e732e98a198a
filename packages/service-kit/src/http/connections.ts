import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** How long a connection may live before its next answer closes it, so that scaling a service spreads load by itself. */
const connectionAgeMaxMs = 30_000;

/**
 * How long a draining server leaves idle connections open, in milliseconds. A client that keeps one busy learns from the
 * `Connection: close` of its next answer that it ends; closing it at once would break a request that is on its way.
 */
const lingerMs = 100;

/** How often a draining server then closes connections whose last answer is out, in milliseconds. */
const idleSweepMs = 10;

interface Connection {
  readonly bornAt: number;
  /** The latest exchange whose answer is not out. */
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
}

/** What a server knows of its connections: their age, and the exchange that each carries. */
export interface Connections {
  /** Takes note of an exchange, and lets its answer end the connection where it has lived long enough. */
  answering(request: IncomingMessage, response: ServerResponse): void;
  /** The exchange that a connection carries. */
  answeredOn(socket: Socket): Connection['exchange'];
  drain(graceMs: number): Promise<void>;
}

export function trackConnections(server: Server): Connections {
  const open = new Map<Socket, Connection>();
  let draining = false;
  const track = (socket: Socket) => {
    open.set(socket, { bornAt: performance.now(), exchange: undefined });
    socket.once('close', () => open.delete(socket));
  };
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', track);
  return {
    answering(request, response) {
      const connection = open.get(request.socket);
      if (connection === undefined) return;
      const exchange = { request, response };
      connection.exchange = exchange;
      response.once('close', () => {
        if (connection.exchange === exchange) connection.exchange = undefined;
      });
      const age = performance.now() - connection.bornAt;
      if (draining || age > connectionAgeMaxMs) response.shouldKeepAlive = false;
    },
    answeredOn: (socket) => open.get(socket)?.exchange,
    async drain(graceMs) {
      draining = true;
      for (const { exchange } of open.values()) {
        if (exchange?.response.headersSent === false) exchange.response.shouldKeepAlive = false;
      }
      await closeGently(server, open, graceMs);
    },
  };
}

async function closeGently(server: Server, open: Map<Socket, Connection>, graceMs: number): Promise<void> {
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  let sweep: NodeJS.Timeout | undefined;
  const linger = setTimeout(
    () => {
      sweep = setInterval(() => setImmediate(closeIdle, server, open), idleSweepMs);
    },
    Math.min(lingerMs, graceMs),
  );
  await arrivalsRead();
  // `http.Server.close` would end idle connections at once; the one of `net` only stops listening.
  await new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
  for (const timer of [force, linger, sweep]) clearTimeout(timer);
}

/**
 * Resolves when what had arrived has been accepted and read, which comes before immediates in each turn of the event loop. What is closed
 * before, while a request waits to be read, resets the connection, and nobody knows whether the request was carried out: where
 * this process was kept from its core for a while, there nearly always is one.
 */
async function arrivalsRead(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** After {@link arrivalsRead}. Node does not count a connection that has never carried a byte among the idle ones. */
function closeIdle(server: Server, open: Map<Socket, Connection>): void {
  server.closeIdleConnections();
  for (const socket of open.keys()) if (socket.bytesRead === 0) socket.destroy();
}
