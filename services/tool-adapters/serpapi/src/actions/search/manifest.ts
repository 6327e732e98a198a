import type { ActionManifest } from '@4runr/contracts/manifest';

/** Parameters of `serpapi:search`; those of single engines pass as they are. */
export interface SearchParams {
  readonly q: string;
  readonly engine?: string;
  readonly [parameter: string]: string | number | boolean | undefined;
}

const languageOrCountry = { type: 'string', pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$' };

export const searchManifest: ActionManifest = {
  description: 'Searches the web and returns the results of the search engine as structured data.',
  effect: 'read',
  timeoutMs: 20_000,
  params: {
    type: 'object',
    required: ['q'],
    properties: {
      q: { type: 'string', minLength: 1, maxLength: 2_048, description: 'What is searched for.' },
      engine: {
        type: 'string',
        pattern: '^[a-z][a-z0-9_]{0,63}$',
        description: 'The search engine, e.g. google, bing or duckduckgo. Default: google.',
      },
      location: {
        type: 'string',
        minLength: 1,
        maxLength: 200,
        description: 'Where the search is made from.',
      },
      gl: { ...languageOrCountry, description: 'Country of the search, e.g. us.' },
      hl: { ...languageOrCountry, description: 'Language of the search, e.g. en.' },
      google_domain: { type: 'string', maxLength: 64 },
      num: { type: 'integer', minimum: 1, maximum: 100, description: 'Number of results.' },
      start: { type: 'integer', minimum: 0, maximum: 1_000, description: 'Results that are skipped.' },
      safe: { enum: ['active', 'off'], description: 'Whether adult content is left out.' },
      device: { enum: ['desktop', 'tablet', 'mobile'] },
      tbm: {
        type: 'string',
        maxLength: 16,
        description: 'Kind of results, e.g. isch for images, nws for news.',
      },
      tbs: { type: 'string', maxLength: 256, description: 'Further filters of the engine.' },
      no_cache: { type: 'boolean', description: 'Whether SerpAPI must not answer from its cache.' },
      // Set by the gateway alone: its credential, and a form of answer that it can read.
      api_key: false,
      output: false,
      async: false,
    },
    additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 2_048 },
    examples: [{ q: 'api gateway', num: 3 }],
  },
  result: {
    type: 'object',
    description: 'The answer of SerpAPI, see https://serpapi.com/search-api.',
    properties: {
      search_metadata: { type: 'object' },
      search_parameters: { type: 'object' },
      organic_results: { type: 'array', items: { type: 'object' } },
    },
    additionalProperties: true,
  },
};
