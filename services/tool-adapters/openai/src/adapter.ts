import { defineAdapter } from '@4runr/adapter-kit';
import { chatCost } from './actions/chat/chat-cost.ts';
import { createChatHandler } from './actions/chat/handler.ts';
import { chatManifest } from './actions/chat/manifest.ts';
import { createChatStream } from './actions/chat/stream.ts';
import { createOpenaiClient } from './client/openai-client.ts';
import { openaiCredentialSchema } from './client/openai-credential.ts';
import { traceCompletions } from './client/traced-openai-client.ts';
import { readConfig, settings } from './config.ts';
import { modelPrices } from './model-prices.ts';

export const openaiAdapter = defineAdapter({
  manifest: {
    tool: 'openai',
    version: '1',
    description: 'Language models by OpenAI.',
    actions: { chat: chatManifest },
  },
  readConfig,
  costs: ({ prices, outputTokens }) => ({
    chat: chatCost({ prices: modelPrices(prices), outputTokens }),
  }),
  compose: ({ config, createCredentialSource, createProviderClient, startInference }) => {
    const credentials = createCredentialSource({
      vault: config,
      schema: openaiCredentialSchema,
      fallback: { apiKey: config.apiKey },
      settings: [settings.apiKey.env],
    });
    const client = createOpenaiClient(createProviderClient(), config, credentials);
    const openai = traceCompletions(client, startInference);
    return { chat: { whole: createChatHandler(openai, config), stream: createChatStream(openai, config) } };
  },
});
