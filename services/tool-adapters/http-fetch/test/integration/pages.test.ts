import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import {
  type ProviderScript,
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '@4runr/adapter-kit/testing';
import { httpFetchAdapter } from '../../src/adapter.ts';

const bytesMax = 100_000;
const redirectStatuses = [301, 302, 303, 307, 308];

let web: TestProvider;
let adapter: TestAdapter;
before(async () => {
  web = await startTestProvider();
  adapter = await startTestAdapter(httpFetchAdapter, {
    HTTP_FETCH_ALLOW_HOSTS: new URL(web.url).host,
    HTTP_FETCH_BYTES_MAX: String(bytesMax),
  });
});
after(async () => {
  await adapter.close();
  await web.close();
});

const get = (path = '/') => adapter.call('get', { url: `${web.url}${path}` });
const head = (path = '/') => adapter.call('head', { url: `${web.url}${path}` });
const serve = (body: Buffer, headers: Record<string, string>) =>
  web.play((_request, response) => void response.writeHead(200, headers).end(body));
const redirect = (response: ServerResponse, status: number, location: string) =>
  void response.writeHead(status, { location }).end();

describe('a page', () => {
  it('in a charset of its own arrives as text', async () => {
    serve(Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]), {
      'content-type': 'text/plain; charset=windows-1251',
    });
    const { result } = (await get()).body;
    assert.deepEqual([result.encoding, result.content, result.bytes], ['text', 'Привет', 6]);
  });

  it('of any bytes arrives as base64, byte for byte, compressed or not', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
    for (const coding of ['identity', 'gzip']) {
      serve(coding === 'gzip' ? gzipSync(bytes) : bytes, {
        'content-type': 'image/png',
        'content-encoding': coding,
      });
      const { result } = (await get()).body;
      assert.deepEqual([result.encoding, result.bytes], ['base64', 256]);
      assert.deepEqual(Buffer.from(result.content, 'base64'), bytes);
    }
  });

  it('without a body is a page still', async () => {
    web.play((_request, response) => void response.writeHead(204).end());
    const { result } = (await get()).body;
    assert.deepEqual([result.status, result.content, result.bytes], [204, '', 0]);
  });

  it('may be as long as the limit, and not a byte longer', async () => {
    serve(Buffer.alloc(bytesMax, 'x'), { 'content-type': 'text/plain' });
    assert.equal((await get()).body.result.bytes, bytesMax);
    serve(Buffer.alloc(bytesMax + 1, 'x'), { 'content-type': 'text/plain' });
    assert.equal((await get()).body.code, 'response.too_large');
  });

  it('without an end is broken off at the limit', async () => {
    const closed = Promise.withResolvers<void>();
    web.play((_request, response) => {
      response.once('close', () => closed.resolve());
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      };
      response.on('drain', pour);
      pour();
    });
    assert.equal((await get()).body.code, 'response.too_large');
    await closed.promise;
  });

  const zeros = Buffer.alloc(50_000_000);
  const bombs: [coding: string, body: Buffer, code: string][] = [
    ['gzip', gzipSync(zeros), 'response.too_large'],
    ['gzip, gzip', gzipSync(gzipSync(zeros)), 'response.too_large'],
    ['br', brotliCompressSync(zeros), 'response.too_large'],
    ['zstd', zstdCompressSync(zeros), 'upstream.failed'],
  ];
  for (const [coding, body, code] of bombs) {
    it(`of 50 MB that is a bomb of ${coding} is ${code}`, async () => {
      serve(body.subarray(0, bytesMax), { 'content-encoding': coding });
      assert.equal((await get()).body.code, code);
    });
  }

  it('is asked for in the codings that are undone, and in no others', async () => {
    serve(Buffer.alloc(0), {});
    await get();
    assert.equal(web.seen[0]?.headers['accept-encoding'], 'gzip, deflate, br');
  });
});

describe('head', () => {
  it('tells of a page that is longer than the limit', async () => {
    const length = String(bytesMax * 100);
    web.play((_request, response) => void response.writeHead(200, { 'content-length': length }).end());
    const { result } = (await head()).body;
    assert.deepEqual(
      [result.status, result.headers['content-length'], 'content' in result],
      [200, length, false],
    );
  });

  it('minds no coding of a body that does not come', async () => {
    serve(Buffer.alloc(0), { 'content-encoding': 'zstd' });
    assert.equal((await head()).body.result.headers['content-encoding'], 'zstd');
  });
});

describe('a redirect', () => {
  for (const status of redirectStatuses) {
    it(`by ${status} keeps the method, and is told`, async () => {
      for (const action of ['get', 'head']) {
        web.play(({ url }, response) =>
          url.pathname === '/' ? redirect(response, status, 'there?a=b') : void response.end(),
        );
        const { result } = (await adapter.call(action, { url: `${web.url}/` })).body;
        assert.deepEqual([result.url, result.redirects], [`${web.url}/there?a=b`, [`${web.url}/`]]);
        assert.deepEqual(
          web.seen.map(({ method }) => method.toLowerCase()),
          [action, action],
        );
      }
    });
  }

  const none: [name: string, status: number, headers: Record<string, string>][] = [
    ['300 with a preference', 300, { location: '/there' }],
    ['304', 304, { location: '/there' }],
    ['201 of something new', 201, { location: '/there' }],
    ['302 that leads nowhere', 302, {}],
  ];
  for (const [name, status, headers] of none) {
    it(`is not seen in ${name}`, async () => {
      web.play((_request, response) => void response.writeHead(status, headers).end());
      assert.deepEqual([(await get()).body.result.status, web.seen.length], [status, 1]);
    });
  }

  it('in a circle ends after five', async () => {
    web.play((_request, response) => redirect(response, 302, '/'));
    const { body } = await get();
    assert.deepEqual([body.code, body.upstreamStatus, web.seen.length], ['upstream.rejected', 302, 6]);
  });

  it('without a fragment keeps the one asked for, with one of its own takes that', async () => {
    const follow = async (location: string) => {
      web.play(({ url }, response) =>
        url.pathname === '/' ? redirect(response, 302, location) : void response.end(),
      );
      return (await get('/#asked')).body.result.url;
    };
    assert.equal(await follow('/there'), `${web.url}/there#asked`);
    assert.equal(await follow('/there#own'), `${web.url}/there#own`);
  });

  it('that is not escaped leads where a browser would go', async () => {
    const location = Buffer.from('/grün').toString('latin1');
    web.play(({ url }, response) =>
      url.pathname === '/' ? redirect(response, 302, location) : void response.end(),
    );
    assert.equal((await get()).body.result.url, `${web.url}/gr%C3%BCn`);
  });
});

describe('a page that takes too long', () => {
  let hurried: TestAdapter;
  /** Takes questions, and answers none. */
  const silentNameServer = createSocket('udp4');
  before(async () => {
    silentNameServer.bind(0, '127.0.0.1');
    await once(silentNameServer, 'listening');
    hurried = await startTestAdapter(withTimeout(1_000), {
      HTTP_FETCH_ALLOW_HOSTS: new URL(web.url).host,
      HTTP_FETCH_DNS_SERVERS: `127.0.0.1:${silentNameServer.address().port}`,
    });
  });
  after(async () => {
    await hurried.close();
    silentNameServer.close();
  });

  const scripts: [name: string, script: ProviderScript, dispatched: string][] = [
    ['to begin', () => {}, 'maybe'],
    ['to end', (_request, response) => void response.writeHead(200).write('x'), 'yes'],
    ['drop by drop', (_request, response) => drip(response), 'yes'],
    ['from hop to hop', (_request, response) => void setTimeout(redirect, 250, response, 302, '/'), 'yes'],
  ];
  for (const [name, script, dispatched] of scripts) {
    it(`${name} is upstream.timeout, and is broken off`, async () => {
      const closed = Promise.withResolvers<void>();
      web.play((request, response) => {
        response.once('close', closed.resolve);
        script(request, response);
      });
      const { status, body } = await hurried.call('get', { url: `${web.url}/` });
      assert.deepEqual([status, body.code, body.dispatched], [504, 'upstream.timeout', dispatched]);
      await closed.promise;
    });
  }

  it('because its name server is silent is upstream.timeout, and nothing was sent', async () => {
    const { body } = await hurried.call('get', { url: 'http://silent.test/' });
    assert.deepEqual([body.code, body.dispatched], ['upstream.timeout', 'no']);
  });

  function drip(response: ServerResponse): void {
    const drops = setInterval(() => response.write('x'), 20);
    response.once('close', () => clearInterval(drops));
  }
});

function withTimeout(timeoutMs: number): typeof httpFetchAdapter {
  const { manifest } = httpFetchAdapter;
  const { get, head } = manifest.actions;
  const actions = { get: { ...get, timeoutMs }, head: { ...head, timeoutMs } };
  return { ...httpFetchAdapter, manifest: { ...manifest, actions } };
}
