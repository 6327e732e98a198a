import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  documentedProvider,
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '@4runr/adapter-kit/testing';
import { templateToolAdapter } from '../../adapter.ts';

const documented = documentedProvider(new URL('../../../simulated-provider.json', import.meta.url));

describe('template_tool:template_action', () => {
  let provider: TestProvider;
  let adapter: TestAdapter;
  before(async () => {
    provider = await startTestProvider(documented);
    adapter = await startTestAdapter(templateToolAdapter, {
      TEMPLATE_TOOL_BASE_URL: provider.url,
      //#region credential
      TEMPLATE_TOOL_API_KEY: 'key',
      //#endregion
    });
  });
  after(async () => {
    await adapter.close();
    await provider.close();
  });

  it('asks as the provider documents, and returns what it answers', async () => {
    const { status, body } = await adapter.call('template_action', { id: 'a/1' });
    assert.deepEqual([status, body.result], [200, { id: 'a/1', name: 'The item a/1' }]);
    const { method, url } = provider.seen[0] ?? assert.fail('nothing was sent');
    assert.deepEqual([method, url.pathname], ['GET', '/items/a%2F1']);
  });

  it('tells what the provider says of a request that it refuses', async () => {
    const { body } = await adapter.call('template_action', { id: 'nothing' });
    assert.deepEqual(
      [body.code, body.upstreamStatus, body.detail],
      ['upstream.rejected', 404, 'There is no item nothing.'],
    );
  });

  it('takes an answer in another form for a failure of the provider', async () => {
    provider.play((_request, response) => void response.end('[]'));
    const { body } = await adapter.call('template_action', { id: 'a1' });
    provider.play(documented);
    assert.equal(body.code, 'upstream.failed');
  });
});
