import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from '../telemetry/index.ts';
import { answerConnect, answerMalformed, answerWithoutHost } from './answer-malformed.ts';
import { type Connections, trackConnections } from './connections.ts';

/** What a server proves its name with: a chain of certificates and the key of the first, in PEM. */
export interface TlsIdentity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface HttpServerOptions extends Partial<TlsIdentity> {
  /** Gets a line for every request that the HTTP parser refused. */
  readonly logger?: Logger;
  /**
   * How long a connection may be idle, in milliseconds; at most 2,500 of them while the server drains. Must be longer than clients keep
   * one: who closes a connection first never loses a request on it. Default 35,000, of which answers tell (`Keep-Alive`).
   */
  readonly idleTimeoutMs?: number;
}

const limits = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // How far beyond its timeout a slow client may get.
  connectionsCheckingInterval: 1_000,
  // Checked below, so that this refusal is a problem document as well.
  requireHostHeader: false,
};

/**
 * An HTTP/1.1 server, over TLS 1.2 or later if it has an identity, whose limits hold against slow and malformed clients:
 * headers of 16 KiB in 10 s, a request in 30 s. A connection ends with its first answer after 30 s of life, or when it was idle.
 */
export function createHttpServer(listener: RequestListener, options: HttpServerOptions = {}): Server {
  const { cert, key, logger, idleTimeoutMs = 35_000 } = options;
  const bounds = { ...limits, keepAliveTimeout: idleTimeoutMs };
  const server =
    cert === undefined || key === undefined
      ? createServer(bounds)
      : createTlsServer({ ...bounds, cert, key, minVersion: 'TLSv1.2' });
  const connections = trackConnections(server);
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    connections.answering(request, response);
    if (request.headers.host === undefined && request.httpVersion === '1.1') answerWithoutHost(response);
    else listener(request, response);
  };
  server.on('request', answer);
  // An unknown expectation is not met rather than refused with a 417 (RFC 9110 section 10.1.1 leaves the choice).
  server.on('checkExpectation', answer);
  server.on('connect', (_request: IncomingMessage, socket: Socket) => answerConnect(socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
    answerMalformed(error, socket, { answering: connections.answeredOn(socket), logger }),
  );
  drains.set(server, connections);
  return server;
}

const drains = new WeakMap<Server, Connections>();

/** Resolves with the port once the server accepts connections; rejects when it cannot bind. */
export function listen(server: Server, options: { port: number; host: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * Stops a server of `createHttpServer`: no new connections, then every connection ends with its next answer, or when its client closes
 * it, or once it was idle for 2.5 s; what is left after the grace ends by force. Resolves when the last one has ended.
 */
export async function drain(server: Server, graceMs: number): Promise<void> {
  await drains.get(server)?.drain(graceMs);
}
