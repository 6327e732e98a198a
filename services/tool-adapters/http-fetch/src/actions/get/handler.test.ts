import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  type ProviderScript,
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '@4runr/adapter-kit/testing';
import { httpFetchAdapter } from '../../adapter.ts';

describe('http_fetch:get', () => {
  let web: TestProvider;
  let adapter: TestAdapter;
  before(async () => {
    web = await startTestProvider();
    const { host, port } = new URL(web.url);
    adapter = await startTestAdapter(httpFetchAdapter, {
      HTTP_FETCH_ALLOW_HOSTS: `${host},localhost:${port}`,
      HTTP_FETCH_BYTES_MAX: '1000',
    });
  });
  after(async () => {
    await adapter.close();
    await web.close();
  });

  /** Each path of the web answers by a script of its own. */
  const serve = (pages: Record<string, ProviderScript>) =>
    web.play((request, response) => (pages[request.url.pathname] ?? notFound)(request, response));
  const notFound: ProviderScript = (_request, response) => void response.writeHead(404).end('none');
  const redirectTo =
    (location: string, status = 302): ProviderScript =>
    (_request, response) =>
      void response.writeHead(status, { location }).end();
  const get = (path: string, params: object = {}) =>
    adapter.call('get', { url: `${web.url}${path}`, ...params });

  it('returns a page with its status, headers and decoded text', async () => {
    const headers = {
      'content-type': 'text/html; charset=utf-8',
      'content-encoding': 'gzip',
      'set-cookie': 'a=b',
    };
    serve({ '/a': (_request, response) => void response.writeHead(200, headers).end(gzipSync('<p>ü</p>')) });
    const { status, body } = await get('/a?q=1#part');
    const { headers: seen, ...result } = body.result;
    const expected = {
      url: `${web.url}/a?q=1#part`,
      redirects: [],
      status: 200,
      encoding: 'text',
      content: '<p>ü</p>',
      bytes: 9,
    };
    assert.deepEqual([status, result, body.usage], [200, expected, { bytes: 9 }]);
    assert.deepEqual([seen['content-type'], seen['set-cookie']], ['text/html; charset=utf-8', undefined]);
  });

  it('introduces itself, and hands on neither credentials nor the trace', async () => {
    serve({});
    await get('/', { accept: 'text/html', acceptLanguage: 'de' });
    const { headers } = web.seen[0] ?? assert.fail('nothing arrived');
    assert.deepEqual(
      [headers['user-agent'], headers.accept, headers['accept-language'], headers.host],
      ['4runr-gateway/0.1', 'text/html', 'de', new URL(web.url).host],
    );
    for (const name of ['authorization', 'cookie', 'traceparent', 'gateway-permit'])
      assert.equal(headers[name], undefined, name);
  });

  it('takes a missing page for a result, a failing server for a failure', async () => {
    serve({
      '/500': (_request, response) => void response.writeHead(500).end(),
      '/429': (_request, response) => void response.writeHead(429).end(),
    });
    assert.equal((await get('/none')).body.result.status, 404);
    for (const status of [500, 429]) {
      const { body } = await get(`/${status}`);
      assert.deepEqual([body.code, body.upstreamStatus, body.dispatched], ['upstream.failed', status, 'yes']);
    }
  });

  it('follows redirects, five at most', async () => {
    const chain = Object.fromEntries(
      [1, 2, 3, 4, 5].map((n) => [`/${n}`, redirectTo(String(n + 1), [301, 302, 303, 307, 308][n - 1])]),
    );
    serve({ ...chain, '/6': (_request, response) => void response.end('here') });
    const { body } = await get('/1');
    assert.deepEqual(
      [body.result.url, body.result.redirects.length, body.result.content],
      [`${web.url}/6`, 5, 'here'],
    );
    serve({ ...chain, '/6': redirectTo('/7') });
    assert.equal((await get('/1')).body.code, 'upstream.rejected');
    assert.equal(web.seen.length, 6);
  });

  it('refuses to be redirected where the guard does not let it go', async () => {
    const canary = await startTestProvider();
    for (const location of [
      canary.url,
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      'http://a:b@example.com/',
    ]) {
      serve({ '/': redirectTo(location) });
      const { body } = await get('/');
      assert.deepEqual([body.code, body.dispatched], ['target.forbidden', 'yes'], location);
    }
    assert.equal(canary.seen.length, 0);
    await canary.close();
  });

  it('refuses to be redirected to a host that policy does not allow', async () => {
    const { port } = new URL(web.url);
    serve({ '/': redirectTo(`http://localhost:${port}/secret`) });
    const obligations = [{ type: 'domains' as const, allow: ['127.0.0.1'], deny: [] }];
    const { body } = await adapter.call('get', { url: `${web.url}/` }, { obligations });
    assert.deepEqual([body.code, body.reason, web.seen.length], ['target.forbidden', 'domain', 1]);
  });

  it('refuses what lies in the private network, and sends nothing', async () => {
    for (const url of [
      'http://127.0.0.1:1/',
      'http://localhost/',
      'http://[::1]/',
      'http://2130706433/',
      'ftp://example.com/',
    ]) {
      const { status, body } = await adapter.call('get', { url });
      assert.deepEqual([status, body.code, body.dispatched], [403, 'target.forbidden', 'no'], url);
    }
  });

  it('refuses a URL that is none', async () => {
    const { body } = await adapter.call('get', { url: 'http://' });
    assert.deepEqual([body.code, body.errors[0].pointer], ['params.invalid', '/url']);
  });

  it('refuses a page beyond the limit, compressed or not', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000));
    serve({
      '/long': (_request, response) => void response.end('x'.repeat(1_001)),
      '/bomb': (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    });
    assert.equal((await get('/long')).body.code, 'response.too_large');
    assert.equal((await get('/bomb')).body.code, 'response.too_large');
  });
});
