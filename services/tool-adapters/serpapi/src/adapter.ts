import { defineAdapter } from '@4runr/adapter-kit';
import { createSearchHandler } from './actions/search/handler.ts';
import { searchManifest } from './actions/search/manifest.ts';
import { createSerpapiClient } from './client/serpapi-client.ts';
import { readConfig } from './config.ts';

export const serpapiAdapter = defineAdapter({
  manifest: {
    tool: 'serpapi',
    version: '1',
    description: 'Web search by SerpAPI: Google and the other engines that it speaks for.',
    actions: { search: searchManifest },
  },
  readConfig,
  compose: ({ config, createProviderClient }) => {
    const serpapi = createSerpapiClient(createProviderClient(), config);
    return { search: createSearchHandler(serpapi) };
  },
});
