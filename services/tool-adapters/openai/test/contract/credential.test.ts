import { testCredential } from '@4runr/adapter-kit/testing';
import { openaiAdapter } from '../../src/adapter.ts';

testCredential({
  adapter: openaiAdapter,
  environment: (providerUrl) => ({ OPENAI_BASE_URL: providerUrl }),
  provider: () => (_request, response) => void response.end('{"choices":[]}'),
  call: {
    action: 'chat',
    params: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] },
  },
  fields: (apiKey) => ({ apiKey }),
  settings: (apiKey) => ({ OPENAI_API_KEY: apiKey }),
  misfits: [{ key: 'x' }, { apiKey: 'x\r\nx-injected: y' }, { apiKey: 'ключ' }],
});
