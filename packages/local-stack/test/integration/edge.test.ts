import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, it } from 'node:test';
import { problemSchema } from '@4runr/contracts/problem';
import { type OAuthErrorCode, oauthErrorSchema } from '@4runr/contracts/token';
import { drain } from '@4runr/service-kit/http';
import { startTestEdge, type TestEdge } from './start-test-edge.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const traceId = '0af7651916cd43dd8448eb211c80319c';

describe('the edge', () => {
  let edge: TestEdge;
  before(async () => {
    edge = await startTestEdge();
  });
  after(() => edge?.stop());
  beforeEach(() => {
    edge.upstream.received.length = 0;
    edge.upstream.answer = (_request, response) => response.end('{}');
  });

  /** The path goes out exactly as it is given. */
  async function call(path: string, { method = 'GET', headers = {}, body }: Call = {}): Promise<Answer> {
    const request = httpRequest({ host: '127.0.0.1', port: edge.httpPort, path, method, headers }).end(body);
    const [response] = await once(request, 'response');
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  async function callOverHttp2(path: string, { method = 'GET', headers = {}, body }: Call): Promise<Answer> {
    const session = connectHttp2(`https://127.0.0.1:${edge.httpsPort}`, { ca: edge.ca });
    try {
      const pseudo = { ':path': path, ':method': method };
      const stream = session.request({ ...pseudo, ...headers }, { endStream: body === undefined });
      if (body !== undefined) stream.end(body);
      const [answered] = await once(stream, 'response');
      return { status: answered[':status'], headers: answered, body: await text(stream) };
    } finally {
      session.close();
    }
  }

  /** Bytes that no HTTP client would send. */
  async function send(bytes: string): Promise<string> {
    const socket = connect(edge.httpPort, '127.0.0.1');
    socket.end(bytes);
    return text(socket);
  }

  function assertProblem(answer: Answer, status: number, code: string): void {
    assert.equal(answer.status, status);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    const problem = problemSchema.parse(JSON.parse(answer.body));
    assert.deepEqual([problem.status, problem.code], [status, code]);
    assert.equal(problem.traceId, answer.headers['x-correlation-id']);
  }

  it('has nothing to complain of in its configuration, whatever the version of nginx', () => {
    assert.doesNotMatch(
      readFileSync(join(edge.folder, 'edge.log'), 'utf8'),
      /\[(warn|error|crit|alert|emerg)\].*\.conf/,
    );
  });

  const hidden = [
    '/',
    '/metrics',
    '/livez',
    '/readyz',
    '/internal/keys',
    '/internal/credentials/openai',
    '/access/v1/evaluation',
    '/manifest',
    '/v1/toolsx',
    '/v1/credentialsx',
    '/v1/cache',
    '/v1/faults/serpapi',
    '/Health',
  ];
  for (const path of hidden) {
    it(`has nothing at ${path}`, async () => {
      assertProblem(await call(path), 404, 'route.unknown');
      assert.equal(edge.upstream.received.length, 0);
    });
  }

  const ambiguous = [
    '//v1/tools',
    '/v1/tools/../../metrics',
    '/v1/tools/%2e%2e/%2e%2e/metrics',
    '/v1/tools/..%2fmetrics',
    '/metrics/../v1/tools',
    '/v1/credentials/../../internal/credentials/openai',
    '/v1/credentials/%2e%2e/%2e%2e/internal/credentials/openai',
    '/v1/credentials/..%2f..%2finternal%2fcredentials%2fopenai',
    '/v1//tools',
    '/v1/tools/.',
    '/v1/tools/a\\b',
    '/.problem',
  ];
  for (const path of ambiguous) {
    it(`passes no path on that a service could read differently: ${path}`, async () => {
      assertProblem(await call(path), 404, 'route.unknown');
      assert.equal(edge.upstream.received.length, 0);
    });
  }

  it('passes listed paths on as they came, query and percent-encoding included', async () => {
    for (const path of [
      '/v1/tools',
      '/v1/tools/serpapi/search?a=%2F..//',
      '/v1/policies/my%20policy',
      '/v1/cache/serpapi',
      '/ready',
    ]) {
      assert.equal((await call(path)).status, 200);
      assert.equal(edge.upstream.received.at(-1)?.url, path);
    }
  });

  it('passes credentials on to auth-service alone, which is the one that is down here', async () => {
    for (const [method, path] of [
      ['GET', '/v1/credentials'],
      ['PUT', '/v1/credentials/openai'],
      ['DELETE', '/v1/credentials/openai'],
    ] as const)
      assertProblem(await call(path, { method }), 503, 'service.unavailable');
    assert.equal(edge.upstream.received.length, 0);
  });

  it('says that it lives without asking a service', async () => {
    const answer = await call('/health');
    assert.deepEqual([answer.status, answer.body], [200, '{"status":"ok"}']);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.match(String(answer.headers['x-correlation-id']), /^[0-9a-f]{32}$/);
    const posted = await call('/health', { method: 'POST' });
    assertProblem(posted, 405, 'method.unsupported');
    assert.equal(posted.headers.allow, 'GET, HEAD');
  });

  describe('and the trace id', () => {
    it('takes it from a valid traceparent and passes it on alone', async () => {
      const { headers } = await call('/v1/tools', {
        headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: 'a=b' },
      });
      assert.equal(headers['x-correlation-id'], traceId);
      const [got] = edge.upstream.received;
      assert.equal(got?.headers['x-correlation-id'], traceId);
      assert.deepEqual([got?.headers.traceparent, got?.headers.tracestate], [undefined, undefined]);
    });

    const invalid = [
      `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
      `00-${traceId}-${'0'.repeat(16)}-01`,
      `ff-${traceId}-b7ad6b7169203331-01`,
      `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
      `00-${traceId}-b7ad6b7169203331-01-more`,
      'garbage',
    ];
    for (const traceparent of invalid) {
      it(`makes a new one for the traceparent ${traceparent}`, async () => {
        const { headers } = await call('/health', { headers: { traceparent } });
        assert.match(String(headers['x-correlation-id']), /^[0-9a-f]{32}$/);
        assert.notEqual(headers['x-correlation-id'], traceId);
      });
    }

    it('answers one value, its own, when the caller or the service names another', async () => {
      edge.upstream.answer = (_request, response) => response.setHeader('X-Correlation-Id', 'other').end();
      const { headers } = await call('/v1/tools', { headers: { 'X-Correlation-Id': 'mine' } });
      assert.match(String(headers['x-correlation-id']), /^[0-9a-f]{32}$/);
      assert.equal(edge.upstream.received[0]?.headers['x-correlation-id'], headers['x-correlation-id']);
    });
  });

  it('lets no header through by which the mesh speaks, and not the Host', async () => {
    const spoofed = {
      'Gateway-Permit': 'x',
      'Gateway-Time-Limit': '1',
      Forwarded: 'for=1.1.1.1',
      'X-Forwarded-For': '1.1.1.1',
      Host: 'evil.test',
    };
    await call('/v1/tools', { headers: spoofed });
    const got = edge.upstream.received[0]?.headers;
    for (const name of ['gateway-permit', 'gateway-time-limit', 'forwarded'])
      assert.equal(got?.[name], undefined);
    assert.equal(got?.['x-forwarded-for'], '127.0.0.1');
    assert.notEqual(got?.host, 'evil.test');
  });

  describe('answers with a problem document', () => {
    it('a body over the limit', async () => {
      const body = 'x'.repeat(1_048_577);
      assertProblem(await call('/v1/tools/a/b', { method: 'POST', body }), 413, 'body.too_large');
      assert.equal(edge.upstream.received.length, 0);
    });

    it('headers or a path over the limit', async () => {
      assertProblem(await call('/v1/tools', { headers: { a: 'x'.repeat(9_000) } }), 431, 'headers.too_large');
      assertProblem(await call(`/v1/tools/${'x'.repeat(9_000)}`), 431, 'headers.too_large');
    });

    for (const bytes of [14_000, 20_000, 60_000]) {
      it(`headers over the limit over HTTP/2, which compresses them: ${bytes} bytes`, async () => {
        const answer = await callOverHttp2('/v1/tools', { headers: { a: 'a'.repeat(bytes) } });
        assertProblem(answer, 431, 'headers.too_large');
        assert.equal(edge.upstream.received.length, 0);
      });
    }

    it('requests that are not HTTP as it should be', async () => {
      const malformed = [
        'garbage\r\n\r\n',
        '\x16\x03\x01\x02\x00\x01\r\n',
        'GET //v1/tools/%zz HTTP/1.1\r\nHost: a\r\n\r\n',
        'GET //v1/tools HTTP/1.1\r\n\r\n',
        'GET /v1/tools HTTP/1.1\r\n\r\n',
        'GET /v1/tools HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
        'GET /v1/tools HTTP/3.7\r\nHost: a\r\n\r\n',
        'POST /v1/tools HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n',
        'POST /v1/tools HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
      ];
      for (const bytes of malformed) {
        const answer = await send(bytes);
        assert.match(answer, /^HTTP\/1\.1 400 /, bytes);
        assert.match(answer, /"code":"request\.invalid"/, bytes);
        assert.match(answer, /X-Correlation-Id: [0-9a-f]{32}/, bytes);
      }
    });

    it('TRACE, and methods that nobody knows', async () => {
      const unknown = ['FOO', 'BREW', 'A'.repeat(100)].map((method) =>
        callOverHttp2('/v1/tools', { method }),
      );
      for (const answer of [await call('/v1/tools', { method: 'TRACE' }), ...(await Promise.all(unknown))]) {
        assertProblem(answer, 405, 'method.unsupported');
        assert.ok(answer.headers.allow);
      }
      assert.equal(edge.upstream.received.length, 0);
    });

    it('a path with octets that are not ASCII, which the services could not tell the trace of', async () => {
      assertProblem(await callOverHttp2('/v1/tools/caf\u00e9', {}), 400, 'request.invalid');
      assert.equal(edge.upstream.received.length, 0);
    });

    it('a condition that it cannot meet itself', async () => {
      for (const headers of [{ 'if-match': '"a"' }, { 'if-unmodified-since': new Date(0).toUTCString() }])
        assertProblem(await call('/health', { headers }), 412, 'precondition.failed');
      assert.equal((await call('/health', { headers: { 'if-match': '*' } })).status, 200);
    });

    it('a service that cannot be connected to, and says when to come again', async () => {
      const answer = await call('/v1/agents', { method: 'POST', body: '{}' });
      assertProblem(answer, 503, 'service.unavailable');
      assert.equal(answer.headers['retry-after'], '1');
    });

    it('a call whose connection broke after it was sent: nobody knows whether it had its effect', async () => {
      edge.upstream.answer = (request) => request.socket.destroy();
      assertProblem(
        await call('/v1/tools/gmail_send/send', { method: 'POST', body: '{}' }),
        502,
        'upstream.outcome_unknown',
      );
      assert.equal(edge.upstream.received.length, 1, 'it is not sent again');
    });

    it("in OpenAI's form below /openai/", async () => {
      edge.upstream.answer = (request) => request.socket.destroy();
      const answer = await call('/openai/v1/models');
      assert.equal(answer.status, 503);
      assert.equal(answer.headers['content-type'], 'application/json');
      assert.deepEqual(JSON.parse(answer.body), {
        error: {
          message: 'A part of the gateway is unavailable',
          type: 'server_error',
          code: 'service.unavailable',
          param: null,
        },
      });
    });
  });

  describe('answers below /oauth/ as RFC 6749 section 5.2 says', () => {
    const post = { method: 'POST', body: 'grant_type=client_credentials' };
    const failures: [what: string, path: string, call: Call, status: number, error: OAuthErrorCode][] = [
      ['a service that is down', '/oauth/token', post, 503, 'temporarily_unavailable'],
      [
        'a body over the limit',
        '/oauth/token',
        { ...post, body: 'x'.repeat(1_048_577) },
        413,
        'invalid_request',
      ],
      [
        'headers over the limit',
        '/oauth/token',
        { headers: { a: 'x'.repeat(9_000) } },
        431,
        'invalid_request',
      ],
      ['TRACE', '/oauth/token', { method: 'TRACE' }, 405, 'invalid_request'],
      ['a path that could be read differently', '/oauth//token', post, 404, 'invalid_request'],
    ];
    for (const [what, path, options, status, error] of failures) {
      it(what, async () => {
        const answer = await call(path, options);
        assert.deepEqual([answer.status, answer.headers['content-type']], [status, 'application/json']);
        assert.equal(answer.headers['cache-control'], 'no-store');
        assert.equal(answer.headers['retry-after'], status === 503 ? '1' : undefined);
        assert.match(String(answer.headers['x-correlation-id']), /^[0-9a-f]{32}$/);
        const refusal = oauthErrorSchema.parse(JSON.parse(answer.body));
        assert.equal(refusal.error, error);
        assert.ok(refusal.error_description);
      });
    }
  });

  it('takes heads and bodies up to the limits over HTTP/2 as well', async () => {
    const headers = { 'x-long': 'a'.repeat(7_000) };
    const body = 'x'.repeat(1_048_576);
    const answer = await callOverHttp2('/v1/tools/a/b', { method: 'POST', headers, body });
    assert.equal(answer.status, 200);
    assert.equal(edge.upstream.received[0]?.headers['x-long'], headers['x-long']);
  });

  it('passes the errors of services on untouched', async () => {
    edge.upstream.answer = (_request, response) =>
      response
        .writeHead(404, { 'Content-Type': 'application/problem+json', 'WWW-Authenticate': 'Bearer' })
        .end('{"code":"tool.unknown"}');
    const answer = await call('/v1/tools/x');
    assert.deepEqual([answer.status, answer.body], [404, '{"code":"tool.unknown"}']);
    assert.equal(answer.headers['www-authenticate'], 'Bearer');
  });

  it('ends the exchange with the service when the client leaves', async () => {
    const left = new Promise((resolve) => {
      edge.upstream.answer = (_request, response) => response.once('close', resolve);
    });
    const request = httpRequest({
      host: '127.0.0.1',
      port: edge.httpPort,
      path: '/v1/tools/a/b',
      method: 'POST',
    }).end('{}');
    request.on('error', () => {});
    while (edge.upstream.received.length === 0) await new Promise(setImmediate);
    request.destroy();
    await left;
  });

  it('hands on a stream as it comes', async () => {
    edge.upstream.answer = (_request, response) => response.write('data: 1\n\n');
    const request = httpRequest({
      host: '127.0.0.1',
      port: edge.httpPort,
      path: '/openai/v1/chat/completions',
      method: 'POST',
    }).end('{}');
    const [response] = await once(request, 'response');
    const [chunk] = await once(response, 'data');
    assert.equal(String(chunk), 'data: 1\n\n');
    request.on('error', () => {}).destroy();
  });

  it('writes no body to disk', async () => {
    edge.upstream.answer = (_request, response) => response.end('y'.repeat(5_000_000));
    const { body } = await call('/v1/tools/a/b', { method: 'POST', body: 'x'.repeat(1_048_576) });
    assert.equal(body.length, 5_000_000);
    for (const kind of ['client_body', 'proxy'])
      assert.deepEqual(readdirSync(join(edge.folder, 'nginx/temp', kind)), []);
  });

  it('serves TLS 1.2 and later under its certificate, and tells plain HTTP there what is wrong', async () => {
    const request = httpsRequest({
      host: 'localhost',
      port: edge.httpsPort,
      path: '/health',
      ca: edge.ca,
      family: 4,
    }).end();
    const [response] = await once(request, 'response');
    assert.equal(response.statusCode, 200);
    await text(response);
    const outdated = httpsRequest({
      host: 'localhost',
      port: edge.httpsPort,
      ca: edge.ca,
      family: 4,
      maxVersion: 'TLSv1.1',
    });
    await assert.rejects(once(outdated.end(), 'response'));
    const plain = httpRequest({ host: '127.0.0.1', port: edge.httpsPort, path: '/health' }).end();
    const [refusal] = await once(plain, 'response');
    assert.equal(JSON.parse(await text(refusal)).code, 'request.invalid');
  });

  it('logs one JSON line per exchange with the trace id and without the query', async () => {
    const { headers } = await call('/v1/audit?cursor=secret');
    const logged = () => edge.accessLog().find(({ trace_id }) => trace_id === headers['x-correlation-id']);
    // It is written when the answer is out.
    while (logged() === undefined) await new Promise(setImmediate);
    const line = logged();
    assert.deepEqual([line?.path, line?.status, line?.method], ['/v1/audit', 200, 'GET']);
  });
});

describe('an edge whose clients are slow', () => {
  let edge: TestEdge;
  before(async () => {
    edge = await startTestEdge({
      limits: { client_header_timeout: '200ms', client_body_timeout: '200ms', send_timeout: '200ms' },
    });
  });
  after(() => edge?.stop());
  beforeEach(() => {
    edge.upstream.received.length = 0;
  });

  /** Status that the access log has of the path, once it has one. */
  async function logged(path: string): Promise<unknown> {
    const find = () => edge.accessLog().find((line) => line.path === path);
    while (find() === undefined) await new Promise(setImmediate);
    return find()?.status;
  }

  it('disconnects one that does not go on with its head', async () => {
    const socket = connect(edge.httpPort, '127.0.0.1');
    socket.write('GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    assert.equal(await text(socket), '');
  });

  it('disconnects one that does not go on with its body, and no service has seen the request', async () => {
    const socket = connect(edge.httpPort, '127.0.0.1');
    socket.write('POST /v1/tools/a/body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhello');
    assert.equal(await text(socket), '');
    assert.equal(edge.upstream.received.length, 0);
    assert.equal(await logged('/v1/tools/a/body'), 408);
  });

  for (const path of ['/v1/tools/a/answer', '/openai/v1/chat/completions']) {
    it(`ends the exchange with the service where a client does not read what comes of ${path}`, async () => {
      const left = new Promise((resolve) => {
        edge.upstream.answer = (_request, response) => {
          response.once('close', () => resolve(response.writableFinished));
          // More than every buffer on the way holds.
          response.end(Buffer.alloc(64_000_000));
        };
      });
      const socket = connect(edge.httpPort, '127.0.0.1').pause();
      socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}`);
      assert.equal(await left, false);
      socket.destroy();
    });
  }
});

describe('an edge that serves over TLS alone', () => {
  it('sends what comes over plain HTTP to its public URL, and no service sees it', async () => {
    const edge = await startTestEdge({ redirectPlainHttpTo: 'https://gateway.example' });
    try {
      const ask = async (path: string) => {
        const request = httpRequest({ host: '127.0.0.1', port: edge.httpPort, path, method: 'POST' }).end(
          '{}',
        );
        const [response] = await once(request, 'response');
        await text(response);
        return [response.statusCode, response.headers.location];
      };
      assert.deepEqual(await ask('/v1/tools/a/b?c=%20d'), [
        308,
        'https://gateway.example/v1/tools/a/b?c=%20d',
      ]);
      assert.deepEqual(await ask('//evil.example/'), [308, 'https://gateway.example//evil.example/']);
      assert.equal(edge.upstream.received.length, 0);
      const health = httpRequest({ host: '127.0.0.1', port: edge.httpPort, path: '/health' }).end();
      const [alive] = await once(health, 'response');
      assert.equal(alive.statusCode, 200);
      await text(alive);
      const secure = httpsRequest({
        ...{ host: 'localhost', port: edge.httpsPort, path: '/v1/tools', ca: edge.ca, family: 4 },
      }).end();
      const [served] = await once(secure, 'response');
      assert.deepEqual([served.statusCode, await text(served)], [200, '{}']);
    } finally {
      await edge.stop();
    }
  });
});

describe('an edge before a service that stops', () => {
  it('closes its idle connections to it first, so that no call goes out on one that is being closed', async () => {
    const edge = await startTestEdge();
    try {
      const open: Socket[] = [];
      const { upstream } = edge;
      upstream.server.on('connection', (socket) => open.push(socket));
      const calls = 20;
      const allThere = Promise.withResolvers<void>();
      upstream.answer = async (_request, response) => {
        if (upstream.received.length === calls) allThere.resolve();
        await allThere.promise;
        response.end('{}');
      };
      const options = { host: '127.0.0.1', port: edge.httpPort, path: '/v1/tools/a/b', method: 'POST' };
      await Promise.all(
        Array.from({ length: calls }, async () => {
          const [response] = await once(httpRequest(options).end('{}'), 'response');
          return text(response);
        }),
      );
      await drain(upstream.server, 60_000);
      assert.deepEqual(
        [open.length, open.filter(({ readableEnded }) => readableEnded).length],
        [calls, calls],
      );
    } finally {
      await edge.stop();
    }
  });
});

describe('an edge behind proxies that it trusts', () => {
  const proxies = ['127.0.0.1', '10.1.0.0/16', '2001:db8::/32'];
  const rows: [guarantee: string, forwardedFor: string | string[] | undefined, seen: string][] = [
    ['takes the address that the proxy saw', '203.0.113.7', '203.0.113.7'],
    ['takes an IPv6 address too', '2001:4860::7', '2001:4860::7'],
    ['believes the nearest proxy, not what the client had sent it', '127.0.0.1, 203.0.113.7', '203.0.113.7'],
    ['nor in a header of its own', ['127.0.0.1', '203.0.113.7'], '203.0.113.7'],
    ['goes back through every proxy that it trusts', '203.0.113.7, 2001:db8::5, 10.1.2.3', '203.0.113.7'],
    ['and no further', '198.51.100.1, 203.0.113.7, 10.1.2.3', '203.0.113.7'],
    ['believes no word that is no address', 'unknown', '127.0.0.1'],
    ['counts the proxy itself when it names nobody', undefined, '127.0.0.1'],
  ];
  let edge: TestEdge;
  before(async () => {
    const slowly = '$limited_address zone=requests:10m rate=1r/m';
    edge = await startTestEdge({ trustedProxies: proxies, limits: { limit_req_zone: slowly } });
  });
  after(() => edge?.stop());
  beforeEach(() => {
    edge.upstream.received.length = 0;
  });

  async function ask(forwardedFor: string | string[] | undefined): Promise<number> {
    const headers = forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor };
    const request = httpRequest({ host: '127.0.0.1', port: edge.httpPort, path: '/v1/tools', headers }).end();
    const [response] = await once(request, 'response');
    await text(response);
    return response.statusCode;
  }

  for (const [guarantee, forwardedFor, seen] of rows) {
    it(guarantee, async () => {
      assert.equal(await ask(forwardedFor), 200);
      assert.equal(edge.upstream.received[0]?.headers['x-forwarded-for'], seen);
    });
  }

  it('limits requests by the address that the proxy saw', async () => {
    const statuses = (address: string) =>
      Promise.all(Array.from({ length: 250 }, () => ask(address))).then((all) => new Set(all));
    assert.deepEqual(await statuses('203.0.113.8'), new Set([200, 429]));
    assert.equal(await ask('203.0.113.9'), 200);
  });

  it('logs that address', async () => {
    await ask('203.0.113.10');
    const logged = () => edge.accessLog().some(({ remote }) => remote === '203.0.113.10');
    while (!logged()) await new Promise(setImmediate);
  });
});
