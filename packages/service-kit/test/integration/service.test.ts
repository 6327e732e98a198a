import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, it } from 'node:test';
import { problemSchema } from '@4runr/contracts/problem';
import type { ErrorRequestHandler } from 'express';
import { baseSettings, loadConfig } from '../../src/config/index.ts';
import { ProblemError } from '../../src/errors/index.ts';
import { createServiceApp, jsonBody, type Route } from '../../src/http/index.ts';
import { type RunningService, startService } from '../../src/lifecycle/index.ts';
import { createLogger } from '../../src/telemetry/index.ts';
import { openRawConnection, rawRequest } from '../fixtures/raw-http.ts';

const config = (grace: { SHUTDOWN_GRACE_MS?: string } = { SHUTDOWN_GRACE_MS: '100' }) =>
  loadConfig(baseSettings(0), { LOG_LEVEL: 'silent', BODY_BYTES_MAX: '1000', ...grace });

function start(
  routes: readonly Route[],
  checks: { name: string; check: () => Promise<void> }[] = [],
  grace?: { SHUTDOWN_GRACE_MS?: string },
): Promise<RunningService> {
  return startService({
    name: 'test-service',
    config: () => config(grace),
    compose: (kit) => createServiceApp(kit, { routes, checks }),
  });
}

const echo: Route = {
  method: 'post',
  path: '/echo',
  handlers: [jsonBody(1_000), (request, response) => void response.json({ body: request.body ?? null })],
};
const crash: Route = {
  method: 'get',
  path: '/crash',
  handlers: [
    () => {
      throw new Error('secret cause');
    },
  ],
};

describe('a service', () => {
  let service: RunningService;
  before(async () => {
    service = await start([echo, crash]);
  });
  after(() => service.stop());

  const json = { 'content-type': 'application/json' };
  const post = (body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = json): RequestInit => ({
    method: 'POST',
    body,
    headers,
  });
  const refusals: [guarantee: string, path: string, init: RequestInit, status: number, code: string][] = [
    ['an unknown path is route.unknown', '/nope', {}, 404, 'route.unknown'],
    ['paths are case sensitive', '/Echo', { method: 'POST' }, 404, 'route.unknown'],
    ['another method is method.unsupported', '/echo', {}, 405, 'method.unsupported'],
    ['broken JSON is request.invalid', '/echo', post('{'), 400, 'request.invalid'],
    ['half a surrogate pair is request.invalid', '/echo', post('{"a":["\\ud800"]}'), 400, 'request.invalid'],
    ['such a name is request.invalid', '/echo', post('{"\\udc00":1}'), 400, 'request.invalid'],
    [
      'bytes that are no UTF-8 are request.invalid',
      '/echo',
      post(Buffer.from('{"q":"\xff\xfe"}', 'latin1')),
      400,
      'request.invalid',
    ],
    [
      'UTF-16 is media_type.unsupported',
      '/echo',
      post(Buffer.from('{}', 'utf16le'), { 'content-type': 'application/json; charset=utf-16le' }),
      415,
      'media_type.unsupported',
    ],
    ['a number that no double holds is request.invalid', '/echo', post('[-1e400]'), 400, 'request.invalid'],
    [
      'nesting over 100 levels is request.invalid',
      '/echo',
      post(`${'['.repeat(101)}${']'.repeat(101)}`),
      400,
      'request.invalid',
    ],
    [
      'another content type is media_type.unsupported',
      '/echo',
      post('a=b', { 'content-type': 'text/plain' }),
      415,
      'media_type.unsupported',
    ],
    [
      'a compressed body is media_type.unsupported',
      '/echo',
      post('x', { ...json, 'content-encoding': 'gzip' }),
      415,
      'media_type.unsupported',
    ],
    [
      'an odd charset is media_type.unsupported',
      '/echo',
      post('{}', { 'content-type': 'application/json; charset=koi8-r' }),
      415,
      'media_type.unsupported',
    ],
    [
      'a body over the limit is body.too_large',
      '/echo',
      post(JSON.stringify('x'.repeat(1_000))),
      413,
      'body.too_large',
    ],
    ['a broken escape names no path', '/%ff', {}, 404, 'route.unknown'],
    ['the unforeseen is a bare internal', '/crash', {}, 500, 'internal'],
  ];
  for (const [guarantee, path, init, status, code] of refusals) {
    it(guarantee, async () => {
      const response = await fetch(`${service.url}${path}`, init);
      const body = await response.text();
      assert.equal(response.status, status);
      assert.equal(response.headers.get('content-type')?.split(';')[0], 'application/problem+json');
      const problem = problemSchema.parse(JSON.parse(body));
      assert.equal(problem.code, code);
      assert.equal(problem.traceId, response.headers.get('x-correlation-id'));
      assert.ok(!body.includes('secret'));
    });
  }

  it('answers failures in a form of their own where it has one, and as problems elsewhere', async (t) => {
    const inOwnForm: ErrorRequestHandler = (error, request, response, next) => {
      if (!request.path.startsWith('/own/')) return next(error);
      response.status(418).json({ failed: String(error.code) });
    };
    const mixed = await startService({
      name: 'test-service',
      config: () => config(),
      compose: (kit) => createServiceApp(kit, { routes: [crash], checks: [], failureRenderers: [inOwnForm] }),
    });
    t.after(() => mixed.stop());
    const own = await fetch(`${mixed.url}/own/nope`);
    assert.deepEqual([own.status, await own.json()], [418, { failed: 'route.unknown' }]);
    const problem = problemSchema.parse(await (await fetch(`${mixed.url}/crash`)).json());
    assert.equal(problem.code, 'internal');
  });

  it('names the methods that a path has', async () => {
    const response = await fetch(`${service.url}/echo`);
    assert.equal(response.headers.get('allow'), 'POST');
  });

  const correlations: [guarantee: string, headers: Record<string, string>, expected: RegExp][] = [
    [
      'takes the trace id of the mesh from traceparent',
      { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
      /^a{32}$/,
    ],
    [
      'takes the correlation id of the edge for the trace id',
      { 'x-correlation-id': 'c'.repeat(32) },
      /^c{32}$/,
    ],
    [
      'makes a trace id of its own for garbage',
      { 'x-correlation-id': 'x'.repeat(32), traceparent: '00-x' },
      /^[0-9a-f]{32}$/,
    ],
    [
      'makes a trace id of its own for zeros',
      { 'x-correlation-id': '0'.repeat(32) },
      /^(?!0{32})[0-9a-f]{32}$/,
    ],
  ];
  for (const [guarantee, headers, expected] of correlations) {
    it(guarantee, async () => {
      const response = await fetch(`${service.url}/nope`, { headers });
      assert.match(response.headers.get('x-correlation-id') ?? '', expected);
    });
  }

  it('answers HEAD where there is a GET, and OPTIONS as any other method that is not there', async () => {
    assert.equal((await fetch(`${service.url}/crash`, { method: 'HEAD' })).status, 500);
    const options = await fetch(`${service.url}/crash`, { method: 'OPTIONS' });
    assert.deepEqual([options.status, options.headers.get('allow')], [405, 'GET, HEAD']);
  });

  it('takes no body, an empty one, and any kind of JSON', async () => {
    const bodies: [body: string | undefined, read: unknown][] = [
      [undefined, null],
      ['', null],
      ['0', 0],
      ['"text"', 'text'],
      ['[{}]', [{}]],
      ['{"__proto__":{"polluted":true}}', JSON.parse('{"__proto__":{"polluted":true}}')],
    ];
    for (const [body, read] of bodies) {
      const init = body === undefined ? { method: 'POST' } : post(body);
      const response = await fetch(`${service.url}/echo`, init);
      assert.deepEqual(await response.json(), { body: read });
    }
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it('does not take chunks without a byte for a body', async () => {
    const connection = await openRawConnection(service.port);
    const fields = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
    connection.write(`${rawRequest('POST /echo', { fields })}0\r\n\r\n`);
    assert.match(await connection.answers(1), /^HTTP\/1\.1 400 /);
    connection.socket.destroy();
  });

  it('exposes metrics in the format of Prometheus, with the version that it is', async () => {
    const response = await fetch(`${service.url}/metrics`);
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const exposed = await response.text();
    assert.ok(exposed.includes(`gateway_build_info{version="${version}",`), exposed);
    assert.ok(exposed.includes('service="test-service"'));
  });
});

describe('malformed HTTP', () => {
  let service: RunningService;
  before(async () => {
    service = await start([echo]);
  });
  after(() => service.stop());

  const rows: [guarantee: string, bytes: string, status: number, code: string][] = [
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'request.invalid'],
    [
      'two different lengths',
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
      'request.invalid',
    ],
    [
      'a length beside chunks',
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'request.invalid',
    ],
    [
      'headers over the limit',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers.too_large',
    ],
  ];
  for (const [guarantee, bytes, status, code] of rows) {
    it(`${guarantee} is answered with ${code}`, async () => {
      const socket = connect(service.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(bytes);
      const answer = await text(socket);
      assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), answer);
      assert.ok(answer.includes(`"code":"${code}"`), answer);
    });
  }

  it('a client that leaves midway harms nobody', async () => {
    const socket = connect(service.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"a":',
    );
    socket.destroy();
    await once(socket, 'close');
    assert.equal((await fetch(`${service.url}/livez`)).status, 200);
  });
});

describe('stopping', () => {
  it('lets a call in flight end, closes its connection, and then ends without waiting', async () => {
    const entered = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const slow: Route = {
      method: 'get',
      path: '/slow',
      handlers: [
        async (_request, response) => {
          entered.resolve();
          await finish.promise;
          response.json({ done: true });
        },
      ],
    };
    const service = await start([slow], [], {});
    const answer = fetch(`${service.url}/slow`);
    await entered.promise;
    const stopped = service.stop();
    await assert.rejects(fetch(`${service.url}/livez`), 'new connections are refused');
    finish.resolve();
    assert.deepEqual(await (await answer).json(), { done: true });
    const startedAt = performance.now();
    await stopped;
    assert.ok(performance.now() - startedAt < 5_000, 'no wait for the grace to end');
  });
});

describe('failures in the log', () => {
  const lines: { level: string; code?: string; trace_id?: string }[] = [];
  const routes: Route[] = [
    ...(['internal', 'upstream.failed', 'overload.shed', 'params.invalid'] as const).map(
      (code): Route => ({
        method: 'get',
        path: `/${code}`,
        handlers: [
          () => {
            throw new ProblemError(code);
          },
        ],
      }),
    ),
    {
      method: 'get',
      path: '/midway',
      handlers: [
        (_request, response) => {
          response.write('half');
          throw new Error('midway');
        },
      ],
    },
    echo,
  ];
  let service: RunningService;
  before(async () => {
    service = await startService({
      name: 'test-service',
      config: () => config(),
      compose: (kit) => {
        const logger = createLogger(
          { service: 'test', level: 'info' },
          { write: (line) => void lines.push(JSON.parse(line)) },
        );
        return createServiceApp({ ...kit, logger }, { routes, checks: [] });
      },
    });
  });
  beforeEach(() => lines.splice(0));
  after(() => service.stop());

  const levels: [code: string, level: string | undefined][] = [
    ['internal', 'error'],
    ['upstream.failed', 'warn'],
    ['overload.shed', undefined],
    ['params.invalid', undefined],
  ];
  for (const [code, level] of levels) {
    it(`shows ${code} ${level === undefined ? 'not at all' : `as ${level}, with its trace`}`, async () => {
      const response = await fetch(`${service.url}/${code}`);
      assert.deepEqual(
        lines.map((line) => [line.level, line.code, line.trace_id]),
        level === undefined ? [] : [[level, code, response.headers.get('x-correlation-id')]],
      );
    });
  }

  it('shows nothing of a client that leaves in the middle of its body', async () => {
    const connection = await openRawConnection(service.port);
    connection.write(
      rawRequest('POST /echo', { fields: ['Content-Type: application/json', 'Content-Length: 500'] }),
    );
    connection.socket.destroy();
    await connection.ended();
    await fetch(`${service.url}/livez`);
    assert.deepEqual(lines, []);
  });

  it('cuts an answer off that fails after its head was sent, so that half is not taken for all', async () => {
    await assert.rejects(async () => (await fetch(`${service.url}/midway`)).text());
    assert.equal(lines[0]?.level, 'error');
  });
});

describe('readiness', () => {
  it('names what is not ready', async () => {
    const checks = [
      { name: 'fine', check: () => Promise.resolve() },
      { name: 'database', check: () => Promise.reject(new Error('down')) },
    ];
    const service = await start([], checks);
    const response = await fetch(`${service.url}/readyz`);
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { status: 'not ready', failing: ['database'] });
    await service.stop();
  });
});
