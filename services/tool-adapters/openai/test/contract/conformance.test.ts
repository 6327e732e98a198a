import { testConformance } from '@4runr/adapter-kit/testing';
import { openaiAdapter } from '../../src/adapter.ts';

const messages = [{ role: 'user', content: 'Hello' }];

testConformance({
  adapter: openaiAdapter,
  environment: (providerUrl) => ({ OPENAI_BASE_URL: providerUrl, OPENAI_API_KEY: 'key' }),
  params: () => ({ chat: { model: 'gpt-4o-mini', messages } }),
  misfits: {
    chat: [
      {},
      { model: 'gpt-4o-mini' },
      { messages },
      { model: '', messages },
      { model: ['gpt-4o-mini'], messages },
      { model: 'gpt-4o-mini', messages: [] },
      { model: 'gpt-4o-mini', messages: ['Hello'] },
      { model: 'gpt-4o-mini', messages: [{ role: 'root' }] },
      { model: 'gpt-4o-mini', messages, stream: 'yes' },
      { model: 'gpt-4o-mini', messages, stream: true, stream_options: [] },
      { model: 'gpt-4o-mini', messages, temperature: 3 },
    ],
  },
});
