import { documentedProvider, testConformance } from '@4runr/adapter-kit/testing';
import { wikipediaAdapter } from '../../src/adapter.ts';

testConformance({
  adapter: wikipediaAdapter,
  environment: (providerUrl) => ({
    WIKIPEDIA_BASE_URL: providerUrl,
  }),
  params: () => ({ summary: { title: 'Earth', lang: 'simple' } }),
  misfits: {
    summary: [
      {},
      { title: '' },
      { title: 1 },
      { title: '..' },
      { title: 'a#b' },
      { title: 'a\nb' },
      { title: 'x'.repeat(256) },
      { title: 'Earth', lang: 'evil.test/' },
      { title: 'Earth', lang: 'EN' },
      { title: 'Earth', other: true },
    ],
  },
  provider: documentedProvider(new URL('../../simulated-provider.json', import.meta.url)),
});
