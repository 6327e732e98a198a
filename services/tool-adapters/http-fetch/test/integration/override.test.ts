import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startTestAdapter, startTestProvider } from '@4runr/adapter-kit/testing';
import { ConfigError } from '@4runr/service-kit/config';
import { httpFetchAdapter } from '../../src/adapter.ts';
import { readConfig } from '../../src/config.ts';

it('overridden hosts are fetched from the server that stands in for them, all others are not', async (t) => {
  const standIn = await startTestProvider((request, response) => void response.end(request.url.href));
  const adapter = await startTestAdapter(httpFetchAdapter, {
    HTTP_FETCH_OVERRIDE_HOSTS: 'example.com, *.wikipedia.org',
    HTTP_FETCH_OVERRIDE_HTTP: new URL(standIn.url).host,
  });
  t.after(() => Promise.all([adapter.close(), standIn.close()]));
  for (const url of ['http://example.com/a', 'http://en.wikipedia.org/wiki/A']) {
    assert.equal((await adapter.call('get', { url })).body.result.content, url);
  }
  for (const url of ['https://example.com/', 'http://localhost/', 'http://example.com:8080/']) {
    assert.equal((await adapter.call('get', { url })).body.code, 'target.forbidden', url);
  }
  assert.equal(standIn.seen.length, 2);
});

it('malformed exceptions of the operator are all reported before the service starts', () => {
  const environment = {
    HTTP_FETCH_ALLOW_HOSTS: 'localhost',
    HTTP_FETCH_OVERRIDE_HOSTS: '*',
    HTTP_FETCH_OVERRIDE_HTTP: 'http://127.0.0.1:80',
    HTTP_FETCH_PORTS: '80,99999',
    HTTP_FETCH_DNS_SERVERS: 'dns.example.com',
  };
  assert.throws(
    () => readConfig(environment),
    (error) => error instanceof ConfigError && error.faults.length === 4,
  );
});
