import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '@4runr/adapter-kit/testing';
import { serpapiAdapter } from '../../adapter.ts';

const found = {
  search_metadata: { id: '1', status: 'Success' },
  search_parameters: { engine: 'google', q: 'opening hours' },
  organic_results: [{ position: 1, title: 'A', link: 'https://example.com/' }],
};

describe('serpapi:search', () => {
  let provider: TestProvider;
  let adapter: TestAdapter;
  before(async () => {
    provider = await startTestProvider();
    adapter = await startTestAdapter(serpapiAdapter, {
      SERPAPI_BASE_URL: provider.url,
      SERPAPI_API_KEY: 'k&y',
    });
  });
  after(async () => {
    await adapter.close();
    await provider.close();
  });

  const answerWith = (body: object, status = 200) =>
    provider.play((_request, response) => void response.writeHead(status).end(JSON.stringify(body)));

  it('sends the parameters and the key as SerpAPI documents them', async () => {
    answerWith(found);
    await adapter.call('search', { q: 'a & b', num: 3, location: 'Austin, Texas', no_cache: true });
    const { method, url } = provider.seen[0] ?? assert.fail('nothing was sent');
    assert.deepEqual([method, url.pathname], ['GET', '/search.json']);
    const sent = {
      engine: 'google',
      q: 'a & b',
      num: '3',
      location: 'Austin, Texas',
      no_cache: 'true',
      api_key: 'k&y',
    };
    assert.deepEqual(Object.fromEntries(url.searchParams), sent);
  });

  it('returns what SerpAPI has found, and what it cost', async () => {
    answerWith(found);
    const { status, body } = await adapter.call('search', { q: 'opening hours', engine: 'bing' });
    assert.deepEqual([status, body], [200, { result: found, usage: { searches: 1 } }]);
    assert.equal(provider.seen[0]?.url.searchParams.get('engine'), 'bing');
  });

  it('takes a search without results for a result', async () => {
    const nothing = {
      search_metadata: { status: 'Success' },
      error: "Google hasn't returned any results for this query.",
    };
    answerWith(nothing);
    const { status, body } = await adapter.call('search', { q: 'qwzx' });
    assert.deepEqual([status, body.result], [200, nothing]);
  });

  it('sees an error that comes with 200', async () => {
    answerWith({ search_metadata: { status: 'Error' }, error: 'We could not search.' });
    const failed = (await adapter.call('search', { q: 'a' })).body;
    assert.deepEqual(
      [failed.code, failed.detail, failed.upstreamStatus],
      ['upstream.failed', 'We could not search.', 200],
    );
    answerWith({ error: 'Unsupported `xx` country.' });
    assert.equal((await adapter.call('search', { q: 'a', gl: 'xx' })).body.code, 'upstream.rejected');
  });

  it('takes a search that is not done for a failure, not for an empty result', async () => {
    for (const state of ['Processing', 'Queued']) {
      answerWith({ search_metadata: { id: '1', status: state } });
      const { body } = await adapter.call('search', { q: 'a' });
      assert.deepEqual([body.code, body.upstreamCode], ['upstream.failed', state]);
    }
  });

  it('asks an engine by its own name of a query', async () => {
    answerWith(found);
    await adapter.call('search', { engine: 'yahoo', p: 'opening hours' });
    const sent = Object.fromEntries(provider.seen[0]?.url.searchParams ?? []);
    assert.deepEqual(sent, { engine: 'yahoo', p: 'opening hours', api_key: 'k&y' });
  });

  it('leaves to SerpAPI what an engine needs that it does not know', async () => {
    answerWith(found);
    const flight = {
      engine: 'google_flights',
      departure_id: 'CDG',
      arrival_id: 'AUS',
      outbound_date: '2026-12-01',
    };
    assert.equal((await adapter.call('search', flight)).status, 200);
  });

  it('hides what SerpAPI says of our key', async () => {
    answerWith({ error: 'Invalid API key: k&y' }, 401);
    const { body } = await adapter.call('search', { q: 'a' });
    assert.deepEqual([body.code, body.upstreamStatus], ['upstream.rejected', 401]);
    assert.ok(!JSON.stringify(body).includes('k&y'));
  });

  it('takes an answer that is no object for a failure of SerpAPI', async () => {
    provider.play((_request, response) => void response.end('[]'));
    assert.equal((await adapter.call('search', { q: 'a' })).body.code, 'upstream.failed');
  });
});
