import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** How long a connection may live before its next answer closes it, so that scaling a service spreads load by itself. */
const connectionAgeMaxMs = 30_000;

/** How long a connection may be idle while its server drains, in milliseconds: more than twice what our own clients keep one. */
const drainingIdleMaxMs = 2_500;

interface Connection {
  readonly bornAt: number;
  /** The latest exchange whose answer is not out. */
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
  /** How much had been read of it when it was last known to be idle. */
  idleBytesRead: number;
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
    open.set(socket, { bornAt: performance.now(), exchange: undefined, idleBytesRead: 0 });
    socket.once('close', () => open.delete(socket));
  };
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', track);
  server.on('timeout', (socket) => {
    const connection = open.get(socket);
    if (connection === undefined) socket.destroy();
    else setImmediate(closeIfIdle, socket, connection, server.keepAliveTimeout);
  });
  return {
    answering(request, response) {
      const { socket } = request;
      const connection = open.get(socket);
      if (connection === undefined) return;
      const exchange = { request, response };
      connection.exchange = exchange;
      response.once('close', () => {
        connection.idleBytesRead = socket.bytesRead;
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

/**
 * Idle connections are left to their clients, which close them first; what is still idle after `drainingIdleMaxMs` is of others.
 * Closing one earlier would break a request that is on its way.
 */
async function closeGently(server: Server, open: Map<Socket, Connection>, graceMs: number): Promise<void> {
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await arrivalsRead();
  server.keepAliveTimeout = Math.min(server.keepAliveTimeout, drainingIdleMaxMs);
  for (const [socket, { exchange }] of open)
    if (exchange === undefined) socket.setTimeout(server.keepAliveTimeout);
  // `http.Server.close` would end idle connections at once; the one of `net` only stops listening.
  await new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
  clearTimeout(force);
}

/**
 * Resolves when what had arrived has been accepted and read, which comes before immediates in each turn of the event loop. What is closed
 * before, while a request waits to be read, resets the connection, and nobody knows whether the request was carried out: where
 * this process was kept from its core for a while, there nearly always is one.
 */
async function arrivalsRead(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** After the same look at what had arrived: where something had, the connection is judged anew. */
function closeIfIdle(socket: Socket, connection: Connection, idleMs: number): void {
  if (connection.exchange !== undefined) return;
  if (socket.bytesRead === connection.idleBytesRead) {
    socket.destroy();
  } else {
    connection.idleBytesRead = socket.bytesRead;
    socket.setTimeout(idleMs);
  }
}
