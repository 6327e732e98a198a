import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  documentedProvider,
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '@4runr/adapter-kit/testing';
import { wikipediaAdapter } from '../../adapter.ts';

const documented = documentedProvider(new URL('../../../simulated-provider.json', import.meta.url));

describe('wikipedia:summary', () => {
  let provider: TestProvider;
  let adapter: TestAdapter;
  before(async () => {
    provider = await startTestProvider(documented);
    adapter = await startTestAdapter(wikipediaAdapter, {
      WIKIPEDIA_BASE_URL: provider.url,
      WIKIPEDIA_CONTACT: 'ops@company.com',
    });
  });
  beforeEach(() => provider.play(documented));
  after(async () => {
    await adapter.close();
    await provider.close();
  });

  it('asks for the page as Wikimedia documents, and says who asks', async () => {
    const { status, body } = await adapter.call('summary', { title: 'C/O & Söhne' });
    assert.equal(status, 200, JSON.stringify(body));
    const { method, url, headers } = provider.seen[0] ?? assert.fail('nothing was sent');
    assert.deepEqual([method, url.pathname], ['GET', '/api/rest_v1/page/summary/C%2FO_%26_S%C3%B6hne']);
    assert.equal(headers['user-agent'], '4runr-gateway/0.1 (ops@company.com)');
  });

  it('returns what is said of the subject, without the layout', async () => {
    const { body } = await adapter.call('summary', { title: 'Earth' });
    assert.deepEqual(body.result, {
      type: 'standard',
      title: 'Earth',
      description: 'A subject of the encyclopedia',
      extract: 'Earth is a subject of which an encyclopedia has something to say.',
      lang: 'en',
      url: 'https://en.wikipedia.org/wiki/Earth',
      thumbnailUrl:
        'https://upload.wikimedia.org/wikipedia/commons/thumb/9/97/The_Earth.jpg/320px-The_Earth.jpg',
      timestamp: '2026-11-20T10:00:00Z',
    });
  });

  it('asks the edition of the language', async () => {
    const editions = await startTestAdapter(wikipediaAdapter, {
      WIKIPEDIA_BASE_URL: `${provider.url}/{lang}`,
    });
    await editions.call('summary', { title: 'Erde', lang: 'de' });
    await editions.call('summary', { title: 'Earth' });
    await editions.close();
    assert.deepEqual(
      provider.seen.map(({ url }) => url.pathname.split('/')[1]),
      ['de', 'en'],
    );
  });

  it('says that there is no such page', async () => {
    const { body } = await adapter.call('summary', { title: 'There is no such page' });
    assert.deepEqual(
      [body.code, body.upstreamStatus, body.detail, body.upstreamCode],
      ['upstream.rejected', 404, 'Page or revision not found.', 'not_found'],
    );
  });

  it('follows titles that stand for another page', async () => {
    const { body } = await adapter.call('summary', { title: 'Our planet' });
    assert.deepEqual([body.result?.title, provider.seen.length], ['Earth', 2]);
  });

  for (const location of ['https://elsewhere.test/', '/', 'Our_planet', '//169.254.169.254/latest', '']) {
    it(`is not led astray by a redirect to "${location}"`, async () => {
      provider.play((_request, response) => void response.writeHead(302, { location }).end());
      const { body } = await adapter.call('summary', { title: 'Our planet' });
      assert.deepEqual([body.code, body.upstreamStatus], ['upstream.rejected', 302]);
      assert.ok(provider.seen.length <= 3);
    });
  }

  it('takes an answer in another form for a failure of Wikipedia', async () => {
    provider.play((_request, response) => void response.end('{"extract": 1}'));
    const { body } = await adapter.call('summary', { title: 'Earth' });
    assert.equal(body.code, 'upstream.failed');
  });
});
