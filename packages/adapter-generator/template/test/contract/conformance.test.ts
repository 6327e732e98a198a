import { documentedProvider, testConformance } from '@4runr/adapter-kit/testing';
import { templateToolAdapter } from '../../src/adapter.ts';

testConformance({
  adapter: templateToolAdapter,
  environment: (providerUrl) => ({
    TEMPLATE_TOOL_BASE_URL: providerUrl,
    //#region credential
    TEMPLATE_TOOL_API_KEY: 'key',
    //#endregion
  }),
  misfits: {
    template_action: [
      {},
      { id: '' },
      { id: 1 },
      { id: '..' },
      { id: 'x'.repeat(201) },
      { id: 'a1', other: true },
    ],
  },
  provider: documentedProvider(new URL('../../simulated-provider.json', import.meta.url)),
});
