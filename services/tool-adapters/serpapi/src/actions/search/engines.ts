import type { JsonSchema } from '@4runr/contracts/manifest';

/**
 * How engines call what is searched for (https://serpapi.com/search-engine-apis, read 2026-11-25). Others than these take
 * what they take; SerpAPI says what they miss.
 */
const queryNames: Readonly<Record<string, readonly string[]>> = {
  q: [
    'google',
    'google_light',
    'google_images',
    'google_videos',
    'google_shopping',
    'google_jobs',
    'google_local',
    'google_trends',
    'bing',
    'bing_images',
    'bing_news',
    'duckduckgo',
    'baidu',
  ],
  p: ['yahoo', 'yahoo_images', 'yahoo_videos'],
  text: ['yandex', 'yandex_images', 'yandex_videos'],
  search_query: ['youtube'],
  query: ['naver', 'walmart'],
  term: ['apple_app_store'],
};

/** Of a call that names none. */
export const defaultEngine = 'google';

/** Demands of each engine what it searches for; a call without an engine is one of the default engine. */
export const queriesByEngine: readonly JsonSchema[] = [
  { if: { required: ['engine'] }, else: { required: ['q'] } },
  ...Object.entries(queryNames).map(([query, engines]) => ({
    if: { properties: { engine: { enum: engines } }, required: ['engine'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, not of a promise.
    then: { required: [query] },
  })),
];

/** The names under which something is searched for. */
export const queryParameters = Object.keys(queryNames);
