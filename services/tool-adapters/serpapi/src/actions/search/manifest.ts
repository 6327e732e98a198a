import type { ActionManifest } from '@4runr/contracts/manifest';
import { queriesByEngine, queryParameters } from './engines.ts';

/** Parameters of `serpapi:search`; those of single engines pass as they are. */
export interface SearchParams {
  readonly engine?: string;
  readonly [parameter: string]: string | number | boolean | undefined;
}

const languageOrCountry = { type: 'string', pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$' };
const flag = { type: ['integer', 'string'], enum: [0, 1, '0', '1'] };
const searchedFor = {
  type: 'string',
  minLength: 1,
  maxLength: 2_048,
  description:
    'What is searched for: q of most engines, p of yahoo, text of yandex, search_query of youtube …',
};

export const searchManifest: ActionManifest = {
  description: 'Searches the web and returns the results of the search engine as structured data.',
  effect: 'read',
  timeoutMs: 20_000,
  params: {
    type: 'object',
    properties: {
      ...Object.fromEntries(queryParameters.map((name) => [name, searchedFor])),
      engine: {
        type: 'string',
        pattern: '^[a-z][a-z0-9_]{0,63}$',
        description: 'The search engine, e.g. google, bing or duckduckgo. Default: google.',
      },
      location: {
        type: 'string',
        minLength: 1,
        maxLength: 200,
        description: 'Where the search is made from, best down to the city. Not with uule.',
      },
      uule: { type: 'string', minLength: 1, maxLength: 512, description: 'Location as Google encodes it.' },
      google_domain: {
        type: 'string',
        pattern: '^google(\\.[a-z]{2,3}){1,2}$',
        description: 'Domain of Google that is asked. Default: google.com.',
      },
      gl: { ...languageOrCountry, description: 'Country of the search, e.g. us.' },
      hl: { ...languageOrCountry, description: 'Language of the search, e.g. en.' },
      lr: {
        type: 'string',
        maxLength: 256,
        pattern: '^lang_[A-Za-z-]{2,7}(\\|lang_[A-Za-z-]{2,7})*$',
        description: 'Languages that results are in, e.g. lang_fr|lang_de.',
      },
      cr: {
        type: 'string',
        maxLength: 256,
        pattern: '^[-(]?country[A-Z]{2}[-()|.countryA-Z]*$',
        description: 'Countries that results are from, e.g. countryFR|countryDE.',
      },
      num: { type: 'integer', minimum: 1, maximum: 100, description: 'Number of results.' },
      start: { type: 'integer', minimum: 0, maximum: 1_000, description: 'Results that are skipped.' },
      safe: { enum: ['active', 'off'], description: 'Whether adult content is left out.' },
      device: { enum: ['desktop', 'tablet', 'mobile'], description: 'Default: desktop.' },
      tbm: {
        type: 'string',
        maxLength: 16,
        description: 'Kind of results, e.g. isch for images, nws for news.',
      },
      tbs: { type: 'string', maxLength: 256, description: 'Further filters of the engine, e.g. of time.' },
      nfpr: { ...flag, description: '1 leaves out results of a query that the engine has corrected.' },
      filter: { ...flag, description: '0 shows similar and omitted results too.' },
      no_cache: {
        type: 'boolean',
        description:
          'Whether SerpAPI must not answer from its own cache, which costs nothing. The gateway’s own: Cache-Control.',
      },
      // Set by the gateway alone: its credential, and a form of answer that it can read.
      api_key: false,
      output: false,
      async: false,
      json_restrictor: false,
    },
    additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 2_048 },
    not: { required: ['location', 'uule'] },
    allOf: queriesByEngine,
    examples: [
      { q: 'api gateway', num: 3 },
      { engine: 'youtube', search_query: 'api gateway' },
    ],
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
  // Rankings change by the hour, not by the minute; SerpAPI itself answers from its cache for an hour.
  cache: { ttlSeconds: 300, scope: 'shared', staleWhileRevalidateSeconds: 300 },
};
