import { defineAdapter } from '@4runr/adapter-kit';
import { createChatHandler } from './actions/chat/handler.ts';
import { chatManifest } from './actions/chat/manifest.ts';
import { createOpenaiClient } from './client/openai-client.ts';
import { readConfig } from './config.ts';

export const openaiAdapter = defineAdapter({
  manifest: {
    tool: 'openai',
    version: '1',
    description: 'Language models by OpenAI.',
    actions: { chat: chatManifest },
  },
  readConfig,
  compose: ({ config, createProviderClient }) => {
    const openai = createOpenaiClient(createProviderClient(), config);
    return { chat: createChatHandler(openai) };
  },
});
