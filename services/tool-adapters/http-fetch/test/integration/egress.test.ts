import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type AdapterAnswer,
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '@4runr/adapter-kit/testing';
import { type Canary, type NameServer, startCanary, startNameServer } from '@4runr/egress-guard/testing';
import { httpFetchAdapter } from '../../src/adapter.ts';

const publicAddress = '93.184.215.14';

const zone = {
  'loopback.test': ['127.0.0.1'],
  'metadata.test': ['169.254.169.254'],
  'carrier.test': ['100.64.0.1'],
  'six.test': ['::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'mixed.test': [publicAddress, '127.0.0.1'],
  'mixed-families.test': [publicAddress, '::1'],
  'chain.test': ['chain-1.test'],
  'chain-1.test': ['loopback.test'],
};

/** `{port}` is the canary's, whose number is allowed; it listens on every address of this machine. `{other}` is a canary's that is not allowed. */
const refused: [url: string, reason: string][] = [
  ['http://127.0.0.1:{port}/', 'address'],
  ['http://127.1:{port}/', 'address'],
  ['http://2130706433:{port}/', 'address'],
  ['http://017700000001:{port}/', 'address'],
  ['http://0177.0.0.1:{port}/', 'address'],
  ['http://0x7f000001:{port}/', 'address'],
  ['http://0x7f.1:{port}/', 'address'],
  ['http://127.0.0.1.:{port}/', 'address'],
  ['http://１２７.0.0.1:{port}/', 'address'],
  ['http://127。0。0。1:{port}/', 'address'],
  ['http://①②⑦.⓪.⓪.①:{port}/', 'address'],
  ['http://%31%32%37.0.0.1:{port}/', 'address'],
  ['http://127%2e0%2e0%2e1:{port}/', 'address'],
  ['http://0x7f%2E1:{port}/', 'address'],
  ['http://0000000000177.1:{port}/', 'address'],
  ['http://0000:{port}/', 'address'],
  ['http:///127.0.0.1:{port}/', 'address'],
  ['http://127.0.0.1:{port}#@example.com/', 'address'],
  ['http://127.0.0.1:{port}\\@example.com/', 'address'],
  ['https://127.0.0.1:{port}/', 'address'],
  ['http://0.0.0.0:{port}/', 'address'],
  ['http://10.0.0.1:{port}/', 'address'],
  ['http://172.16.0.1:{port}/', 'address'],
  ['http://192.168.0.1:{port}/', 'address'],
  ['http://169.254.169.254:{port}/latest/meta-data/', 'address'],
  ['http://2852039166:{port}/latest/meta-data/', 'address'],
  ['http://100.64.0.1:{port}/', 'address'],
  ['http://198.18.0.1:{port}/', 'address'],
  ['http://224.0.0.251:{port}/', 'address'],
  ['http://255.255.255.255:{port}/', 'address'],
  ['http://[::]:{port}/', 'address'],
  ['http://[::1]:{port}/', 'address'],
  ['http://[::127.0.0.1]:{port}/', 'address'],
  ['http://[::ffff:127.0.0.1]:{port}/', 'address'],
  ['http://[::ffff:0:7f00:1]:{port}/', 'address'],
  ['http://[64:ff9b::7f00:1]:{port}/', 'address'],
  ['http://[2002:7f00:1::]:{port}/', 'address'],
  ['http://[2001:0:7f00:1::80ff:fffe]:{port}/', 'address'],
  ['http://[64:ff9b:1::7f00:1]:{port}/', 'address'],
  ['http://[::FFFF:7F00:0001]:{port}/', 'address'],
  ['http://[::ffff:169.254.169.254]:{port}/', 'address'],
  ['http://[fd00:ec2::254]:{port}/', 'address'],
  ['http://[fe80::1]:{port}/', 'address'],
  ['http://[ff02::1]:{port}/', 'address'],
  ['http://loopback.test:{port}/', 'address'],
  ['https://loopback.test:{port}/', 'address'],
  ['http://LOOPBACK.TEST.:{port}/', 'address'],
  ['http://ｌｏｏｐｂａｃｋ.test:{port}/', 'address'],
  ['http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/', 'address'],
  ['http://local\u00adhost:{port}/', 'address'],
  ['http://@loopback.test:{port}/', 'address'],
  ['http://metadata.test:{port}/', 'address'],
  ['http://carrier.test:{port}/', 'address'],
  ['http://six.test:{port}/', 'address'],
  ['http://mapped.test:{port}/', 'address'],
  ['http://mixed.test:{port}/', 'address'],
  ['http://mixed-families.test:{port}/', 'address'],
  ['http://chain.test:{port}/', 'address'],
  ['http://user:password@example.com/', 'credentials'],
  ['http://example.com@127.0.0.1:{port}/', 'credentials'],
  ['http://127.0.0.1:{other}/', 'port'],
  ['http://loopback.test:{other}/', 'port'],
  ['http://example.com:22/', 'port'],
  ['https://example.com:6379/', 'port'],
  ['file:///etc/passwd', 'scheme'],
  ['ftp://127.0.0.1:{port}/', 'scheme'],
  ['gopher://127.0.0.1:{port}/_x', 'scheme'],
  ['data:text/plain,x', 'scheme'],
];

/** Where a redirect leads that names no scheme, or names it in its own way. */
const redirects: [location: string, reason: string][] = [
  ['//127.0.0.1:{port}/', 'address'],
  ['/\\127.0.0.1:{port}/', 'address'],
  ['\\\\127.0.0.1:{port}\\', 'address'],
  ['///127.0.0.1:{port}/', 'address'],
  ['HTTP://127.0.0.1:{port}/', 'address'],
  ['//loopback.test:{port}/', 'address'],
  ['//user@127.0.0.1:{port}/', 'credentials'],
  ['//127.0.0.1:{other}/', 'port'],
  ['JavaScript:alert(1)', 'scheme'],
];

/** What is no URL at all, and so never gets as far as a guard. */
const malformed = [
  'http://[fe80::1%25eth0]/',
  'http://[::1%lo]/',
  'http://256.0.0.1/',
  'http://127.0.0.1:99999/',
  'http://%00/',
  'http://127.0.0.1%00.test/',
  'http://local\u200dhost/',
  'http://[::ffff:127.1]/',
  'http://1.2.3.4.5/',
  'http://4294967296/',
  'http://08.0.0.1/',
];

describe('http_fetch', () => {
  let canary: Canary;
  let other: Canary;
  let names: NameServer;
  let web: TestProvider;
  let adapter: TestAdapter;
  before(async () => {
    canary = await startCanary({ host: '::' }).catch(() => startCanary({ host: '0.0.0.0' }));
    other = await startCanary();
    names = await startNameServer(zone);
    web = await startTestProvider();
    adapter = await startTestAdapter(httpFetchAdapter, {
      HTTP_FETCH_ALLOW_HOSTS: new URL(web.url).host,
      HTTP_FETCH_PORTS: `80,443,${canary.port}`,
      HTTP_FETCH_DNS_SERVERS: names.address,
    });
  });
  after(async () => {
    await adapter.close();
    await Promise.all([web.close(), names.close(), canary.close(), other.close()]);
  });

  const targetOf = (text: string) =>
    text.replace('{port}', String(canary.port)).replace('{other}', String(other.port));
  const redirectTo = (location: string, status: number) =>
    web.play((_request, response) => {
      response.setHeader('location', Buffer.from(location).toString('latin1'));
      response.writeHead(status).end();
    });

  for (const [index, [text, reason]] of refused.entries()) {
    it(`refuses ${text} for its ${reason}, asked for or redirected to`, async () => {
      const url = targetOf(text);
      const asked = await adapter.call('get', { url });
      assert.deepEqual(verdictOf(asked), [403, 'target.forbidden', reason, 'no']);

      redirectTo(url, [301, 302, 303, 307, 308][index % 5] ?? 302);
      for (const action of ['get', 'head']) {
        const redirected = await adapter.call(action, { url: `${web.url}/` });
        assert.deepEqual(verdictOf(redirected), [403, 'target.forbidden', reason, 'yes'], action);
      }
      assert.equal(canary.connections() + other.connections(), 0);
    });
  }

  for (const [location, reason] of redirects) {
    it(`refuses to be redirected by Location: ${location}`, async () => {
      redirectTo(targetOf(location), 302);
      const answer = await adapter.call('get', { url: `${web.url}/` });
      assert.deepEqual(verdictOf(answer), [403, 'target.forbidden', reason, 'yes']);
      assert.equal(canary.connections() + other.connections(), 0);
    });
  }

  for (const url of malformed) {
    it(`takes ${url} for no URL, asked for or redirected to`, async () => {
      assert.equal((await adapter.call('get', { url })).body.code, 'params.invalid');
      redirectTo(url, 302);
      assert.equal((await adapter.call('get', { url: `${web.url}/` })).body.code, 'upstream.failed');
      assert.equal(canary.connections() + other.connections(), 0);
    });
  }

  it('tells nobody which private address a name has', async () => {
    const { body } = await adapter.call('get', { url: `http://metadata.test:${canary.port}/` });
    assert.ok(!JSON.stringify(body).includes('169.254'));
  });

  it('reaches the canary by a name that the operator has exempted, so that its silence proves something', async (t) => {
    const exempting = await startTestAdapter(httpFetchAdapter, {
      HTTP_FETCH_ALLOW_HOSTS: `chain.test:${canary.port}`,
      HTTP_FETCH_DNS_SERVERS: names.address,
    });
    t.after(() => exempting.close());
    const { body } = await exempting.call('get', { url: `http://chain.test:${canary.port}/` });
    assert.deepEqual([body.result.content, canary.connections()], ['canary', 1]);
  });
});

function verdictOf({ status, body }: AdapterAnswer) {
  return [status, body.code, body.reason, body.dispatched];
}
