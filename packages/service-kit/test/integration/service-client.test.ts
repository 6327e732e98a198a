import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createServiceClient, ServiceCallError } from '../../src/client/index.ts';
import { baseSettings, loadConfig } from '../../src/config/index.ts';
import { createHttpServer, drain, listen } from '../../src/http/index.ts';
import { createKit, type Kit } from '../../src/lifecycle/kit.ts';
import { createMeshKeyring, verifyMeshToken } from '../../src/mesh/index.ts';
import { createTestMesh } from '../../src/testing/index.ts';

const mesh = createTestMesh();
const owned = createKit(
  'proxy-service',
  loadConfig(baseSettings(0), {
    LOG_LEVEL: 'silent',
    MESH_KEYS: mesh.meshKeys(['proxy-service', 'policy-service']),
  }),
);
const kit: Kit = owned.kit;
const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A URL at which nothing listens. */
async function deadUrl(): Promise<string> {
  const url = await serve(() => undefined);
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  return url;
}

after(async () => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  await owned.closeAll();
});

const ask = { method: 'POST', path: '/x', body: { a: 1 }, timeoutMs: 5_000 } as const;

describe('a service client', () => {
  let echo: string;
  before(async () => {
    echo = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ headers: request.headers, body: Buffer.concat(chunks).toString() }));
    });
  });

  it('sends JSON with a mesh token of its pair and the context of its trace', async () => {
    const { status, body } = await createServiceClient(kit, 'policy-service', [echo]).request(ask);
    const { headers, body: sent } = body as { headers: Record<string, string>; body: string };
    assert.equal(status, 200);
    assert.equal(sent, '{"a":1}');
    assert.match(headers.traceparent ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    const policy = createMeshKeyring('policy-service', [mesh.keyOf('proxy-service', 'policy-service')]);
    assert.equal(
      verifyMeshToken(policy, headers.authorization?.slice('Bearer '.length) ?? '').iss,
      'proxy-service',
    );
  });

  it('takes replicas by turns and steps over one that refuses connections', async () => {
    const client = createServiceClient(kit, 'policy-service', [await deadUrl(), echo]);
    for (let call = 0; call < 4; call += 1) assert.equal((await client.request(ask)).status, 200);
  });

  it('answers with any status, and with an undefined body where it is not JSON', async () => {
    const url = await serve((_request, response) => response.writeHead(500).end('<html>'));
    const response = await createServiceClient(kit, 'policy-service', [url]).request(ask);
    assert.deepEqual([response.status, response.body], [500, undefined]);
  });
});

const failures: [
  guarantee: string,
  server: () => Promise<string>,
  timeoutMs: number,
  failure: string,
  dispatched: string,
][] = [
  ['a refused connection dispatched nothing', deadUrl, 5_000, 'unreachable', 'no'],
  [
    'a silent service ends in a timeout, and may have got the request',
    () => serve(() => undefined),
    50,
    'timeout',
    'maybe',
  ],
  [
    'a connection cut midway is unreachable, and may have got the request',
    () => serve((request) => request.socket.destroy()),
    5_000,
    'unreachable',
    'maybe',
  ],
];

describe('failures of a service client', () => {
  for (const [guarantee, server, timeoutMs, failure, dispatched] of failures) {
    it(guarantee, async () => {
      const client = createServiceClient(kit, 'policy-service', [await server()]);
      await assert.rejects(client.request({ ...ask, timeoutMs }), (error: unknown) => {
        assert.ok(error instanceof ServiceCallError);
        assert.deepEqual([error.failure, error.dispatched], [failure, dispatched]);
        return true;
      });
    });
  }

  it('a caller that has left before sends nothing', async () => {
    const client = createServiceClient(kit, 'policy-service', [await serve(() => assert.fail('it arrived'))]);
    await assert.rejects(client.request({ ...ask, signal: AbortSignal.abort() }), (error: unknown) => {
      assert.ok(error instanceof ServiceCallError);
      assert.deepEqual([error.failure, error.dispatched], ['aborted', 'no']);
      return true;
    });
  });

  it('a caller that leaves ends the exchange', async () => {
    const arrived = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    const url = await serve((request) => {
      request.socket.once('close', () => left.resolve());
      arrived.resolve();
    });
    const caller = new AbortController();
    const pending = createServiceClient(kit, 'policy-service', [url]).request({
      ...ask,
      signal: caller.signal,
    });
    await arrived.promise;
    caller.abort();
    await assert.rejects(pending, (error: ServiceCallError) => error.failure === 'aborted');
    await left.promise;
  });
});

describe('a connection lost before an answer', () => {
  /** Cuts the first connection on which a request arrives, and answers on the others. */
  async function serveAfterOneCut(): Promise<{ url: string; arrived: () => number }> {
    let arrived = 0;
    const url = await serve((request, response) => {
      arrived += 1;
      if (arrived === 1) request.socket.destroy();
      else response.end('{}');
    });
    return { url, arrived: () => arrived };
  }

  it('is made up for where the request does no harm when it arrives twice', async () => {
    for (const request of [
      { ...ask, idempotent: true },
      { method: 'GET', path: '/x', timeoutMs: 5_000 } as const,
    ]) {
      const { url, arrived } = await serveAfterOneCut();
      const { status } = await createServiceClient(kit, 'policy-service', [url]).request(request);
      assert.deepEqual([status, arrived()], [200, 2]);
    }
  });

  it('is the end of any other request', async () => {
    const { url, arrived } = await serveAfterOneCut();
    await assert.rejects(createServiceClient(kit, 'policy-service', [url]).request(ask), ServiceCallError);
    assert.equal(arrived(), 1);
  });

  it('is made up for once only, and what may have arrived stays so', async () => {
    const urls = [await serve((request) => request.socket.destroy()), await deadUrl()];
    const client = createServiceClient(kit, 'policy-service', urls);
    await assert.rejects(client.request({ ...ask, idempotent: true }), (error: unknown) => {
      assert.ok(error instanceof ServiceCallError);
      assert.deepEqual([error.failure, error.dispatched], ['unreachable', 'maybe']);
      return true;
    });
  });
});

describe('a service that stops', () => {
  it('has its idle connections closed by its clients, before it closes them itself', async () => {
    const open: Socket[] = [];
    const server = createHttpServer((_request, response) => response.end('{}'));
    server.on('connection', (socket) => open.push(socket));
    const url = `http://127.0.0.1:${await listen(server, { port: 0, host: '127.0.0.1' })}`;
    const client = createServiceClient(kit, 'policy-service', [url]);
    await Promise.all(Array.from({ length: 5 }, () => client.request(ask)));
    await drain(server, 60_000);
    assert.deepEqual(
      open.map(({ readableEnded }) => readableEnded),
      open.map(() => true),
    );
  });
});
