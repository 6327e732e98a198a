import { defineAdapter } from '@4runr/adapter-kit';
import { createSearchHandler } from './actions/search/handler.ts';
import { searchManifest } from './actions/search/manifest.ts';
import { createSerpapiClient } from './client/serpapi-client.ts';
import { serpapiCredentialSchema } from './client/serpapi-credential.ts';
import { readConfig, settings } from './config.ts';

export const serpapiAdapter = defineAdapter({
  manifest: {
    tool: 'serpapi',
    version: '2',
    description: 'Web search by SerpAPI: Google and the other engines that it speaks for.',
    actions: { search: searchManifest },
  },
  readConfig,
  costs: ({ usdMicrosPerSearch }) => ({ search: { usdMicrosPerCall: usdMicrosPerSearch } }),
  compose: ({ config, createCredentialSource, createProviderClient }) => {
    const credentials = createCredentialSource({
      vault: config,
      schema: serpapiCredentialSchema,
      fallback: { apiKey: config.apiKey },
      settings: [settings.apiKey.env],
    });
    const serpapi = createSerpapiClient(createProviderClient(), config, credentials);
    return { search: createSearchHandler(serpapi) };
  },
});
