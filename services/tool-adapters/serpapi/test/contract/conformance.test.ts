import { testConformance } from '@4runr/adapter-kit/testing';
import { serpapiAdapter } from '../../src/adapter.ts';

testConformance({
  adapter: serpapiAdapter,
  environment: (providerUrl) => ({ SERPAPI_BASE_URL: providerUrl, SERPAPI_API_KEY: 'key' }),
  params: () => ({ search: { q: 'opening hours', num: 3, ludocid: '1' } }),
  misfits: {
    search: [
      {},
      { q: '' },
      { q: 1 },
      { q: 'a', num: 0 },
      { q: 'a', api_key: 'stolen' },
      { q: 'a', output: 'html' },
      { q: 'a', async: true },
      { q: 'a', engine: '../x' },
      { q: 'a', ll: { nested: true } },
      { engine: 'bing' },
      { engine: 'yahoo', q: 'a' },
      { engine: 'youtube', q: 'a' },
      { engine: 'yandex', text: '' },
      { q: 'a', location: 'Austin', uule: 'w+CAIQICI' },
      { q: 'a', google_domain: 'google.com.evil.test' },
      { q: 'a', lr: 'french' },
      { q: 'a', nfpr: 2 },
      { q: 'a', json_restrictor: 'error' },
    ],
  },
});
