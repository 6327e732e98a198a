import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { problemSchema } from '@4runr/contracts/problem';
import { createHttpServer, drain, type HttpServerOptions, listen } from '../../src/http/index.ts';
import { openRawConnection, rawRequest } from '../fixtures/raw-http.ts';

/** The one problem document in an answer, with the correlation id of its head. */
function readProblem(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const correlationId = /^X-Correlation-Id: ([0-9a-f]{32})\r?$/im.exec(head)?.[1];
  return {
    status: Number(head.slice('HTTP/1.1 '.length, 12)),
    correlationId,
    problem: problemSchema.parse(JSON.parse(body)),
  };
}

const readBody: RequestListener = async (request, response) => {
  try {
    for await (const _chunk of request);
    response.end('read');
  } catch {
    response.destroy();
  }
};

describe('what the HTTP parser refuses', () => {
  let server: Server;
  let port: number;
  before(async () => {
    server = createHttpServer(readBody);
    port = await listen(server, { port: 0, host: '127.0.0.1' });
  });
  after(() => drain(server, 0));

  const refusals: [guarantee: string, bytes: string, code: string][] = [
    ['no HTTP at all', 'hello\r\n\r\n', 'request.invalid'],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'request.invalid'],
    ['no Host (RFC 9112 section 3.2)', 'GET / HTTP/1.1\r\n\r\n', 'request.invalid'],
    ['a header name with a space', 'GET / HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n', 'request.invalid'],
    ['a bare carriage return in a header', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n', 'request.invalid'],
    [
      'a length beside chunks',
      rawRequest('POST /', { fields: ['Transfer-Encoding: chunked'], body: 'x' }),
      'request.invalid',
    ],
    [
      'a chunk of no size',
      `${rawRequest('POST /', { fields: ['Transfer-Encoding: chunked'] })}zz\r\n`,
      'request.invalid',
    ],
    [
      'headers over the limit',
      rawRequest('GET /', { fields: [`X: ${'x'.repeat(20_000)}`] }),
      'headers.too_large',
    ],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', 'method.unsupported'],
  ];
  for (const [guarantee, bytes, code] of refusals) {
    it(`${guarantee} is answered with ${code}, a correlation id, and the end of the connection`, async () => {
      const connection = await openRawConnection(port);
      connection.write(bytes);
      const { status, problem, correlationId } = readProblem(await connection.ended());
      assert.equal(problem.code, code);
      assert.equal(status, problem.status);
      assert.ok(correlationId !== undefined && correlationId === problem.traceId);
    });
  }

  it('is never answered in the place of an earlier request that still waits', async () => {
    const connection = await openRawConnection(port);
    connection.write(`${rawRequest('GET /')}garbage\r\n\r\n`);
    assert.ok(!(await connection.ended()).includes('request.invalid'));
  });

  it('an unknown expectation does not matter, and an upgrade is not made', async () => {
    const connection = await openRawConnection(port);
    connection.write(rawRequest('GET /', { fields: ['Expect: miracles'] }));
    connection.write(rawRequest('GET /', { fields: ['Connection: upgrade', 'Upgrade: websocket'] }));
    const answer = await connection.answers(2);
    assert.equal(answer.match(/HTTP\/1\.1 200 /g)?.length, 2);
    connection.socket.destroy();
  });

  it('pipelined requests are answered in their order', async () => {
    const connection = await openRawConnection(port);
    connection.write(rawRequest('POST /', { body: 'abc' }) + rawRequest('GET /'));
    assert.equal((await connection.answers(2)).match(/HTTP\/1\.1 200 /g)?.length, 2);
    connection.socket.destroy();
  });
});

describe('an idle connection', () => {
  it('is not closed at its time when a request has come that was not read yet', async () => {
    const server = createHttpServer(readBody);
    const port = await listen(server, { port: 0, host: '127.0.0.1' });
    const accepted = once(server, 'connection');
    const connection = await openRawConnection(port);
    const [socket] = (await accepted) as [Socket];
    connection.write(rawRequest('GET /'));
    await connection.answers(1);
    await turn();
    connection.write(rawRequest('GET /'));
    // Timers come before the next look at what has arrived.
    server.emit('timeout', socket);
    assert.equal((await connection.answers(2)).match(/HTTP\/1\.1 200 /g)?.length, 2);
    await turn();
    server.emit('timeout', socket);
    await connection.ended();
    await drain(server, 0);
  });
});

describe('draining', () => {
  const servers: Server[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => drain(server, 0))));
  async function serve(
    listener: RequestListener,
    options: HttpServerOptions = {},
  ): Promise<{ server: Server; port: number }> {
    const server = createHttpServer(listener, options);
    servers.push(server);
    return { server, port: await listen(server, { port: 0, host: '127.0.0.1' }) };
  }

  it('answers a request that comes on an open connection meanwhile, and says that it ends', async () => {
    const { server, port } = await serve(readBody);
    const connection = await openRawConnection(port);
    connection.write(rawRequest('GET /'));
    assert.match(await connection.answers(1), /Connection: keep-alive/);
    const drained = drain(server, 60_000);
    connection.write(rawRequest('GET /'));
    assert.match(await connection.ended(), /HTTP\/1\.1 200 [\s\S]*Connection: close/);
    await drained;
  });

  it('leaves idle connections to their clients, and answers what comes on one late', async (context) => {
    const { server, port } = await serve(readBody);
    const connections = await Promise.all(Array.from({ length: 20 }, () => openRawConnection(port)));
    for (const connection of connections) {
      connection.write(rawRequest('GET /'));
      await connection.answers(1);
    }
    context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    const drained = drain(server, 60_000);
    for (let second = 0; second < 59; second += 1) {
      await turn();
      context.mock.timers.tick(1_000);
    }
    await turn();
    for (const connection of connections) connection.write(rawRequest('POST /', { body: 'abc' }));
    for (const connection of connections) assert.match(await connection.ended(), /Connection: close/);
    await drained;
  });

  it('ends connections that were idle for as long as it lets them be, and those that were never used', async () => {
    const { server, port } = await serve(readBody, { idleTimeoutMs: 50 });
    const used = await openRawConnection(port);
    used.write(rawRequest('GET /'));
    await used.answers(1);
    const unused = await openRawConnection(port);
    await drain(server, 60_000);
    await Promise.all([used.ended(), unused.ended()]);
  });

  it('answers on a connection that has been made and was not accepted yet', async () => {
    const { server, port } = await serve(readBody);
    const socket = connect({ port, host: '127.0.0.1' });
    await new Promise((resolve) => process.nextTick(resolve));
    const drained = drain(server, 60_000);
    socket.write(rawRequest('GET /'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
    await drained;
  });

  it('lets the answer to a call in flight say that its connection ends', async () => {
    const entered = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const { server, port } = await serve(async (_request, response) => {
      entered.resolve();
      await finish.promise;
      response.end('done');
    });
    const connection = await openRawConnection(port);
    connection.write(rawRequest('GET /'));
    await entered.promise;
    const drained = drain(server, 60_000);
    finish.resolve();
    assert.match(await connection.ended(), /Connection: close[\s\S]*done/);
    await drained;
  });

  it('ends by force what is left after the grace', async () => {
    const entered = Promise.withResolvers<void>();
    const { server, port } = await serve(() => entered.resolve());
    const connection = await openRawConnection(port);
    connection.write(rawRequest('GET /'));
    await entered.promise;
    await drain(server, 1);
    assert.equal(await connection.ended(), '');
  });

  it('waits for nothing without connections', async (context) => {
    const { server } = await serve(readBody);
    context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    await drain(server, 60_000);
  });
});
