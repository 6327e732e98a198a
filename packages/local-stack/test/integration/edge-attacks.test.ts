import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startTestEdge, type TestEdge } from './start-test-edge.ts';

/** What an attacker wants a service to take for a request of its own. The edge would not pass it on. */
const smuggled = 'GET /internal/smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

/** A request whose length can be read in two ways, by what is written of it. */
function post(fields: readonly string[], body: string): string {
  return ['POST /v1/tools/a/b HTTP/1.1', 'Host: a', ...fields, '', body].join('\r\n');
}

const chunk = (size: string, data: string) => `${size}\r\n${data}\r\n`;
const chunkOf = (data: string) => chunk(data.length.toString(16), data);
const end = '0\r\n\r\n';

const twoLengths: [what: string, bytes: string][] = [
  ['a length and chunks', post(['Content-Length: 4', 'Transfer-Encoding: chunked'], `${end}${smuggled}`)],
  ['chunks and a length', post(['Transfer-Encoding: chunked', 'Content-Length: 999'], `${end}${smuggled}`)],
  ['two lengths', post(['Content-Length: 2', 'Content-Length: 99'], `{}${smuggled}`)],
  ['a list of lengths', post(['Content-Length: 2, 99'], `{}${smuggled}`)],
  ['a length with a sign', post(['Content-Length: +2'], `{}${smuggled}`)],
  ['a negative length', post(['Content-Length: -1'], smuggled)],
  ['a hexadecimal length', post(['Content-Length: 0x2'], `{}${smuggled}`)],
  ['a length beyond every integer', post([`Content-Length: ${'9'.repeat(30)}`], smuggled)],
  ['a length with a letter', post(['Content-Length: 2x'], `{}${smuggled}`)],
  ['another coding before chunks', post(['Transfer-Encoding: gzip, chunked'], `${end}${smuggled}`)],
  ['another coding after chunks', post(['Transfer-Encoding: chunked, identity'], `${end}${smuggled}`)],
  ['a coding that looks like chunks', post(['Transfer-Encoding: xchunked'], `${end}${smuggled}`)],
  ['a coding with a control character', post(['Transfer-Encoding: \x0bchunked'], `${end}${smuggled}`)],
  ['two codings', post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], `${end}${smuggled}`)],
  [
    'a space before the colon',
    post(['Transfer-Encoding : chunked', 'Content-Length: 4'], `${end}${smuggled}`),
  ],
  ['a field that goes on in the next line', post(['Transfer-Encoding:', ' chunked'], `${end}${smuggled}`)],
  ['a chunk with a sign', post(['Transfer-Encoding: chunked'], `${chunk('+2', '{}')}${end}${smuggled}`)],
  [
    'a chunk of negative length',
    post(['Transfer-Encoding: chunked'], `${chunk('-2', '{}')}${end}${smuggled}`),
  ],
  ['a chunk with 0x', post(['Transfer-Encoding: chunked'], `${chunk('0x2', '{}')}${end}${smuggled}`)],
  [
    'a chunk beyond every integer',
    post(['Transfer-Encoding: chunked'], `${chunk('f'.repeat(20), '{}')}${end}${smuggled}`),
  ],
  [
    'a chunk that is longer than it says',
    post(['Transfer-Encoding: chunked'], `1\r\n{}\r\n${end}${smuggled}`),
  ],
  ['a chunk without its end of line', post(['Transfer-Encoding: chunked'], `2\r\n{}${end}${smuggled}`)],
];

const injections: [what: string, bytes: string][] = [
  ['NUL in a value', post(['X-A: a\x00b', 'Content-Length: 0'], '')],
  ['NUL in a name', post(['X-\x00A: a', 'Content-Length: 0'], '')],
  ['a name with a space', post(['X A: a', 'Content-Length: 0'], '')],
  ['a field without a colon', post(['Gateway-Permit', 'Content-Length: 0'], '')],
];

describe('the edge under attack', () => {
  let edge: TestEdge;
  before(async () => {
    const limits = { client_header_timeout: '300ms', client_body_timeout: '300ms' };
    edge = await startTestEdge({
      limits: { ...limits, keepalive_timeout: '300ms', lingering_timeout: '300ms' },
    });
  });
  after(() => edge?.stop());
  beforeEach(() => {
    edge.upstream.received.length = 0;
    edge.upstream.answer = (request, response) => {
      request.resume().once('end', () => response.end('{}'));
    };
  });

  /** Everything that the edge answers until it closes the connection, which stays open on this side. */
  async function send(bytes: string): Promise<string> {
    const socket = connect(edge.httpPort, '127.0.0.1');
    socket.write(bytes, 'latin1');
    return text(socket);
  }

  const paths = () => edge.upstream.received.map(({ url }) => url);

  for (const [what, bytes] of twoLengths) {
    it(`lets nobody hide a request behind ${what}`, async () => {
      await send(bytes);
      assert.ok(!paths().includes('/internal/smuggled'));
    });
  }

  it('takes what stands in a body for a body, and what comes after it for a request of its own', async () => {
    const answers = await send(
      post([`Content-Length: ${smuggled.length}`], smuggled) +
        post(['Transfer-Encoding: chunked'], `${chunkOf(smuggled)}${end}`) +
        smuggled,
    );
    assert.deepEqual(answers.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404']);
    assert.deepEqual(paths(), ['/v1/tools/a/b', '/v1/tools/a/b']);
  });

  for (const [what, bytes] of injections) {
    it(`passes no field on that two could read differently: ${what}`, async () => {
      await send(bytes);
      for (const { rawHeaders } of edge.upstream.received) {
        assert.ok(!rawHeaders.some((each) => /\0|^x[- ]?a$|permit/i.test(each)), rawHeaders.join());
      }
    });
  }

  it('takes a name with an underscore for no other spelling of a header of the mesh', async () => {
    await send(post(['Gateway_Permit: forged', 'X_Correlation_Id: forged', 'Content-Length: 2'], '{}'));
    assert.equal(edge.upstream.received.length, 1);
    assert.ok(!edge.upstream.received[0]?.rawHeaders.includes('forged'));
  });

  it('opens no tunnel and no other protocol', async () => {
    await send('CONNECT internal:4001 HTTP/1.1\r\nHost: internal:4001\r\n\r\n');
    await send('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.deepEqual(paths(), []);
    const upgrade = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'];
    await send(post([...upgrade, 'Content-Length: 2'], '{}'));
    await send(post(['Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 2'], '{}'));
    for (const { headers } of edge.upstream.received) assert.equal(headers.upgrade, undefined);
  });

  it('goes by the path of an absolute request target, not by its host', async () => {
    await send('GET http://internal:4001/metrics HTTP/1.1\r\nHost: a\r\n\r\n');
    await send('GET http://internal:4001/v1/audit HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.deepEqual(paths(), ['/v1/audit']);
    assert.ok(!edge.upstream.received[0]?.headers.host?.includes('internal'));
  });

  it('takes no client’s word that its address or its mesh rights are others', async () => {
    const forged = ['X-Real-IP', 'Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Accel-Redirect'];
    await send(post([...forged.map((name) => `${name}: 10.6.6.6`), 'Content-Length: 2'], '{}'));
    const [request] = edge.upstream.received;
    assert.equal(request?.headers['x-forwarded-for'], '127.0.0.1');
    for (const name of ['x-real-ip', 'forwarded', 'x-forwarded-host'])
      assert.equal(request?.headers[name], undefined, name);
  });

  describe('over HTTP/2', () => {
    /** @returns the status, or how the stream or connection was ended */
    async function ask(fields: Record<string, string>, body?: string): Promise<number | string> {
      const session = connectHttp2(`https://127.0.0.1:${edge.httpsPort}`, { ca: edge.ca });
      session.on('error', () => {});
      try {
        const stream = session.request(
          { ':method': 'POST', ':path': '/v1/tools/a/b', ...fields },
          { endStream: body === undefined },
        );
        if (body !== undefined) stream.end(body);
        const [answered] = await once(stream, 'response');
        await text(stream);
        return Number(answered[constants.HTTP2_HEADER_STATUS]);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? 'ended';
      } finally {
        session.destroy();
      }
    }

    it('holds a body to the length that was told of it', async () => {
      await ask({ 'content-length': '2' }, `{}${smuggled}`);
      await ask({ 'content-length': '999' }, '{}');
      assert.ok(!paths().includes('/internal/smuggled'));
      for (const request of edge.upstream.received) assert.equal(request.headers['content-length'], '2');
    });

    for (const path of ['/v1/tools/a b', '/metrics', '*', 'v1/tools', '/v1/tools/\x7f']) {
      it(`passes on no path that HTTP/1.1 could not: ${JSON.stringify(path)}`, async () => {
        await ask({ ':path': path, ':method': 'GET' });
        for (const url of paths()) assert.match(url ?? '', /^\/v1\/tools\/[\x21-\x7e]+$/);
      });
    }

    it('passes the authority on as no Host', async () => {
      assert.equal(await ask({ ':authority': 'internal:4001' }), 200);
      assert.ok(!edge.upstream.received[0]?.headers.host?.includes('internal'));
    });
  });
});
