import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { startSimulator, type TestSimulator } from '../../src/testing/start-simulator.ts';
import { charsets, greetingOf } from '../../src/web/charsets.ts';

let simulator: TestSimulator;
before(async () => {
  simulator = await startSimulator();
});
after(() => simulator.service.stop());

/** Asks for a page of a host; `fetch` would not let us say which. */
async function visit(host: string, path: string, method = 'GET') {
  const sent = request(`${simulator.service.url}${path}`, { method, headers: { host } }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const bytes = await buffer(response);
  return { status: response.statusCode, headers: response.headers, bytes, body: bytes.toString() };
}

describe('the small web', () => {
  it('has an article of every name, with what it quotes escaped', async () => {
    const { status, headers, body } = await visit('en.wikipedia.org', '/wiki/Tea_%3Cscript%3E');
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.match(body, /<h1>Tea &lt;script&gt;<\/h1>/);
  });

  it('has JSON, text and redirects', async () => {
    const json = await visit('example.com', '/data.json');
    assert.deepEqual(JSON.parse(json.body), { host: 'example.com', items: [1, 2, 3] });
    assert.match((await visit('example.com', '/robots.txt')).headers['content-type'] ?? '', /^text\/plain/);
    const moved = await visit('example.com', '/moved');
    assert.deepEqual([moved.status, moved.headers.location], [301, '/']);
    assert.equal((await visit('example.com', '/elsewhere')).headers.location, 'https://example.org/');
  });

  it('redirects so many times, by each status, and for ever', async () => {
    const statuses: (number | undefined)[] = [];
    let path = '/redirects/6';
    for (
      let page = await visit('example.com', path);
      page.status !== 200;
      page = await visit('example.com', path)
    ) {
      statuses.push(page.status);
      path = page.headers.location ?? assert.fail('it leads nowhere');
    }
    assert.deepEqual([path, statuses], ['/', [302, 301, 308, 307, 303, 302]]);
    const forever = await visit('example.com', '/redirects/forever');
    assert.equal(forever.headers.location, '/redirects/forever');
  });

  it('has pages that are late, and such that come bit by bit', async () => {
    for (const path of ['/slow/50', '/drip/60']) {
      const startedAt = performance.now();
      assert.equal((await visit('example.com', path)).status, 200);
      assert.ok(performance.now() - startedAt >= 49, path);
    }
  });

  it('has pages of any size, plain and compressed, whether or not the client can read that', async () => {
    assert.equal((await visit('example.com', '/bytes/200001')).body.length, 200_001);
    const readers = {
      gzip: gunzipSync,
      deflate: inflateSync,
      'deflate-raw': inflateRawSync,
      br: brotliDecompressSync,
    };
    for (const [coding, read] of Object.entries(readers)) {
      const { headers, bytes } = await visit('example.com', `/${coding}/200001`);
      assert.equal(headers['content-encoding'], coding.replace('-raw', ''));
      assert.ok(bytes.length < 2_000, `${coding} of ${bytes.length} bytes`);
      assert.equal(read(bytes).length, 200_001);
    }
  });

  it('speaks other charsets than UTF-8, declared in the head or in the document alone', async () => {
    for (const charset of charsets) {
      const declared = await visit('example.com', `/charset/${charset}`);
      const undeclared = await visit('example.com', `/charset/${charset}/undeclared`);
      assert.equal(declared.headers['content-type'], `text/html; charset=${charset}`);
      assert.equal(undeclared.headers['content-type'], 'text/html');
      for (const { bytes } of [declared, undeclared])
        assert.match(
          new TextDecoder(charset).decode(bytes),
          new RegExp(`<p>${greetingOf(charset) ?? 'Grüße, 你好'}</p>`),
        );
    }
    assert.equal((await visit('example.com', '/charset/klingon')).status, 404);
  });

  it('lets go of a page whose reader leaves', async () => {
    const countOf = async () =>
      (await simulator.counts()).find(({ route }) => route === 'GET example.com')?.statuses['499'] ?? 0;
    const left = await countOf();
    const sent = request(`${simulator.service.url}/bytes/60000000`, {
      headers: { host: 'example.com' },
    }).end();
    await once(sent, 'response');
    sent.destroy();
    while ((await countOf()) === left) await new Promise(setImmediate);
  });

  it('answers HEAD without a body, and nothing but reading', async () => {
    for (const path of ['/', '/gzip/100', '/drip/1000']) {
      const head = await visit('www.example.com', path, 'HEAD');
      assert.deepEqual([head.status, head.body], [200, ''], path);
    }
    assert.deepEqual((await visit('example.com', '/', 'POST')).status, 405);
  });

  it('has nothing at other addresses, malformed ones included', async () => {
    for (const path of [
      '/nope',
      '/redirects/-1',
      '/bytes/9999999999',
      '/zstd/1',
      '/wiki/',
      '/wiki/%E0%A4%A',
      '/constructor',
      '/metrics',
      '/_sim/counts',
    ]) {
      assert.equal((await visit('example.com', path)).status, 404, path);
    }
  });

  it('is there for declared hosts only, in any case and with any port', async () => {
    assert.equal((await visit('EXAMPLE.com:8080', '/')).status, 200);
    for (const host of ['example.com.evil.test', 'notexample.com', 'localhost', '.example.com.']) {
      assert.match((await visit(host, '/')).body, /"route.unknown"/, host);
    }
  });

  it('is counted by declared host, so that the counts stay few', async () => {
    await visit('de.wikipedia.org', '/');
    await visit('fr.wikipedia.org', '/');
    const counts = await simulator.counts();
    const web = counts.filter(({ provider }) => provider === 'web').map(({ route }) => route);
    assert.ok(web.includes('GET *.wikipedia.org'));
    assert.ok(!web.includes('GET de.wikipedia.org'));
  });
});
