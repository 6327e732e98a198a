import { stableHex, stableInteger } from '../domain/stable-random.ts';

export interface SearchQuery {
  readonly q: string;
  readonly engine: EngineName;
  readonly location: string | undefined;
  /** Languages and countries as Google names them. */
  readonly hl: string | undefined;
  readonly gl: string | undefined;
  /** Region as DuckDuckGo names it. */
  readonly kl: string | undefined;
  readonly num: number;
  readonly start: number;
}

/** What differs from engine to engine in an answer of SerpAPI's. */
export interface SearchEngine {
  readonly name: string;
  /** Where people search. */
  readonly site: string;
  /** `search_parameters` beside `engine` and `q`. */
  parameters(query: SearchQuery): object;
  /** `search_information` beside `organic_results_state`. */
  information(query: SearchQuery, total: number): object;
  /** A result beside `position`, `title`, `link` and `snippet`. */
  result(query: SearchQuery, article: string): object;
  /** How a page is asked for: the parameters of the engine and of SerpAPI are the same. */
  pageParameters(query: SearchQuery, start: number): Readonly<Record<string, string>>;
}

const whereFrom = ({ location }: SearchQuery) =>
  location === undefined
    ? {}
    : { location_requested: location, location_used: location.replaceAll(', ', ',') };

/** https://serpapi.com/search-api, https://serpapi.com/organic-results; `google_light` is played in the same form. */
const google: SearchEngine = {
  name: 'Google',
  site: 'https://www.google.com/search',
  parameters: (query) => ({
    ...whereFrom(query),
    google_domain: 'google.com',
    ...(query.hl === undefined ? {} : { hl: query.hl }),
    ...(query.gl === undefined ? {} : { gl: query.gl }),
    ...(query.start === 0 ? {} : { start: query.start }),
    num: String(query.num),
    device: 'desktop',
  }),
  information: ({ q }, total) => ({
    query_displayed: q,
    total_results: total,
    time_taken_displayed: stableInteger(q, 10, 90) / 100,
  }),
  result: ({ q }, article) => ({
    displayed_link: `https://en.wikipedia.org › wiki › ${article}`,
    favicon: 'https://serpapi.com/searches/images/wikipedia.png',
    snippet_highlighted_words: [q],
    source: 'Wikipedia',
  }),
  pageParameters: ({ num }, start) => ({ num: String(num), start: String(start) }),
};

/** https://serpapi.com/bing-search-api, https://serpapi.com/bing-organic-results, read 2026-11-25. */
const bing: SearchEngine = {
  name: 'Bing',
  site: 'https://www.bing.com/search',
  parameters: (query) => ({ ...whereFrom(query), device: 'desktop' }),
  information: (_query, total) => ({ total_results: total }),
  result: (_query, article) => ({ displayed_link: `https://en.wikipedia.org/wiki/${article}` }),
  pageParameters: ({ num }, start) => ({ count: String(num), first: String(start + 1) }),
};

/** https://serpapi.com/duckduckgo-search-api, https://serpapi.com/duckduckgo-organic-results, read 2026-11-25. */
const duckduckgo: SearchEngine = {
  name: 'DuckDuckGo',
  site: 'https://duckduckgo.com/',
  parameters: ({ kl = 'us-en', start }) => ({ kl, ...(start === 0 ? {} : { start }) }),
  information: () => ({}),
  result: () => ({ favicon: 'https://external-content.duckduckgo.com/ip3/en.wikipedia.org.ico' }),
  pageParameters: ({ kl = 'us-en' }, start) => ({ kl, start: String(start) }),
};

/** The engines that are played. */
export const searchEngines = { google, google_light: google, bing, duckduckgo } as const;
export type EngineName = keyof typeof searchEngines;

export function isPlayed(engine: string): engine is EngineName {
  return Object.hasOwn(searchEngines, engine);
}

/** The result at a rank of all that there are, the same for the same query. */
export function organicResult(query: SearchQuery, index: number): object {
  const rank = query.start + index + 1;
  const article = `Result_${rank}_${stableHex(`${query.q} ${rank}`, 8)}`;
  return {
    position: index + 1,
    title: `${query.q}: result ${rank}`,
    link: `https://en.wikipedia.org/wiki/${article}`,
    snippet: `What is known about ${query.q}, part ${rank}.`,
    ...searchEngines[query.engine].result(query, article),
  };
}
