import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived at the provider. */
export interface ProviderRequestSeen {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers like the provider; it may also break off, or never answer. */
export type ProviderScript = (request: ProviderRequestSeen, response: ServerResponse) => void;

/** An HTTP server that stands where the provider would, and remembers what arrived. */
export interface TestProvider {
  readonly url: string;
  readonly seen: readonly ProviderRequestSeen[];
  /** Requests that are being answered now; connections that broke off do not count. */
  openRequests(): number;
  /** Replaces the script and forgets what has arrived. */
  play(script: ProviderScript): void;
  close(): Promise<void>;
}

export async function startTestProvider(script: ProviderScript = answerEmpty): Promise<TestProvider> {
  let current = script;
  let open = 0;
  const seen: ProviderRequestSeen[] = [];
  const server = createServer(async (request, response) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
    });
    const received = await receive(request);
    seen.push(received);
    current(received, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    openRequests: () => open,
    play: (next) => {
      current = next;
      seen.length = 0;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const answerEmpty: ProviderScript = (_request, response) => void response.end('{}');

async function receive(request: IncomingMessage): Promise<ProviderRequestSeen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? '',
    url: new URL(request.url ?? '/', `http://${request.headers.host}`),
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
