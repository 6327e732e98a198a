import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startTestAdapter, startTestProvider } from '@4runr/adapter-kit/testing';
import { httpFetchAdapter } from '../../adapter.ts';

it('http_fetch:head returns status and headers, with no body read', async (t) => {
  const web = await startTestProvider(
    (_request, response) => void response.writeHead(200, { 'content-length': '5' }).end(),
  );
  const adapter = await startTestAdapter(httpFetchAdapter, { HTTP_FETCH_ALLOW_HOSTS: new URL(web.url).host });
  t.after(() => Promise.all([adapter.close(), web.close()]));
  const { status, body } = await adapter.call('head', { url: `${web.url}/a` });
  assert.deepEqual([status, web.seen[0]?.method], [200, 'HEAD']);
  assert.deepEqual(
    [body.result.url, body.result.status, body.result.headers['content-length']],
    [`${web.url}/a`, 200, '5'],
  );
});
