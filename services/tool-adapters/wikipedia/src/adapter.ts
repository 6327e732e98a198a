import { defineAdapter } from '@4runr/adapter-kit';
import { createSummaryHandler } from './actions/summary/handler.ts';
import { summaryManifest } from './actions/summary/manifest.ts';
import { createWikipediaClient } from './client/wikipedia-client.ts';
import { readConfig } from './config.ts';

export const wikipediaAdapter = defineAdapter({
  manifest: {
    tool: 'wikipedia',
    version: '1',
    description: 'What Wikipedia says of a subject, in a few sentences.',
    actions: { summary: summaryManifest },
  },
  readConfig,
  compose: ({ config, createProviderClient }) => {
    const client = createWikipediaClient(createProviderClient({ propagateTrace: false }), config);
    return { summary: createSummaryHandler(client) };
  },
});
