import { testCredential } from '@4runr/adapter-kit/testing';
import { serpapiAdapter } from '../../src/adapter.ts';

testCredential({
  adapter: serpapiAdapter,
  environment: (providerUrl) => ({ SERPAPI_BASE_URL: providerUrl }),
  provider: () => (_request, response) => void response.end('{"search_metadata":{"status":"Success"}}'),
  call: { action: 'search', params: { q: 'opening hours' } },
  fields: (apiKey) => ({ apiKey }),
  settings: (apiKey) => ({ SERPAPI_API_KEY: apiKey }),
  misfits: [{ key: 'x' }, { apiKey: 'x\n' }, { apiKey: 'x', api_key: 'y' }],
});
