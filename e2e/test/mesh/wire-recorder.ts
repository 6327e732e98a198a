import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createSecureContext, type SecureContext } from 'node:tls';
import { createTestAuthority } from '@4runr/egress-guard/testing';

/** A request as it stood on the wire. */
export interface WireRequest {
  readonly scheme: 'http' | 'https';
  readonly method: string;
  readonly target: string;
  /** Names and values by turns, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** Two listeners, over TCP and over TLS for whatever name is asked for. */
export interface WireRecorder {
  readonly http: number;
  readonly https: number;
  /** PEM of the authority behind the certificates. */
  readonly ca: string;
  /** What arrived since this was last asked. */
  take(): readonly WireRequest[];
  close(): Promise<void>;
}

/** An answer that takes an OAuth client further, and is JSON to everybody else. */
const answer = JSON.stringify({ access_token: 'granted', token_type: 'Bearer', expires_in: 3600 });

export async function startWireRecorder(): Promise<WireRecorder> {
  const authority = await createTestAuthority();
  let seen: WireRequest[] = [];
  const recording =
    (scheme: WireRequest['scheme']): RequestListener =>
    async (request, response) => {
      const { method = '', url: target = '', rawHeaders } = request;
      const body = (await buffer(request)).toString('utf8');
      seen.push({ scheme, method, target, rawHeaders, body });
      response.setHeader('content-type', 'application/json').end(answer);
    };
  const SNICallback = (name: string, done: (error: Error | null, context?: SecureContext) => void): void => {
    authority.issue([name]).then((identity) => done(null, createSecureContext(identity)), done);
  };
  const web = await listen(createHttpServer(recording('http')));
  const secureWeb = await listen(createHttpsServer({ SNICallback }, recording('https')));
  return {
    http: portOf(web),
    https: portOf(secureWeb),
    ca: authority.ca,
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    close: async () => {
      for (const server of [web, secureWeb]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

async function listen<S extends Server>(server: S): Promise<S> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
