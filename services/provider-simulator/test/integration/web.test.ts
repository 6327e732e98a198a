import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { startSimulator, type TestSimulator } from '../../src/testing/start-simulator.ts';

let simulator: TestSimulator;
before(async () => {
  simulator = await startSimulator();
});
after(() => simulator.service.stop());

/** Asks for a page of a host; `fetch` would not let us say which. */
async function visit(host: string, path: string, method = 'GET') {
  const sent = request(`${simulator.service.url}${path}`, { method, headers: { host } }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
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

  it('answers HEAD without a body, and nothing but reading', async () => {
    const head = await visit('www.example.com', '/', 'HEAD');
    assert.deepEqual([head.status, head.body], [200, '']);
    assert.deepEqual((await visit('example.com', '/', 'POST')).status, 405);
  });

  it('has nothing at other addresses, malformed ones included', async () => {
    for (const path of ['/nope', '/wiki/', '/wiki/%E0%A4%A', '/constructor', '/metrics', '/_sim/counts']) {
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
