import { documentedProvider, testCredential } from '@4runr/adapter-kit/testing';
import { templateToolAdapter } from '../../src/adapter.ts';

testCredential({
  adapter: templateToolAdapter,
  environment: (providerUrl) => ({ TEMPLATE_TOOL_BASE_URL: providerUrl }),
  provider: () => documentedProvider(new URL('../../simulated-provider.json', import.meta.url)),
  call: { action: 'template_action' },
  fields: (apiKey) => ({ apiKey }),
  settings: (apiKey) => ({ TEMPLATE_TOOL_API_KEY: apiKey }),
  misfits: [{ key: 'x' }, { apiKey: 'x\n' }, { apiKey: 'x', other: 'y' }],
});
