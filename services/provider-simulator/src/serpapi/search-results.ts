import { stableHex, stableInteger } from '../domain/stable-random.ts';

export interface SearchQuery {
  readonly q: string;
  readonly engine: string;
  readonly location: string | undefined;
  readonly num: number;
  readonly start: number;
}

/** Queries with this text find nothing: SerpAPI answers them with 200, status `Success` and an `error`. */
const findsNothing = 'no results please';

/** The answer of SerpAPI's Google engine (https://serpapi.com/search-api, read 2026-11-24), the same for the same query. */
export function searchResults(query: SearchQuery, now: Date) {
  const empty = query.q.includes(findsNothing);
  return {
    search_metadata: searchMetadata(query, now),
    search_parameters: {
      engine: query.engine,
      q: query.q,
      ...(query.location === undefined
        ? {}
        : { location_requested: query.location, location_used: query.location }),
      google_domain: 'google.com',
      device: 'desktop',
    },
    search_information: {
      query_displayed: query.q,
      total_results: empty ? 0 : stableInteger(query.q, 1_000, 9_000_000),
      time_taken_displayed: 0.31,
      organic_results_state: empty ? 'Fully empty' : 'Results for exact spelling',
    },
    ...(empty
      ? { error: "Google hasn't returned any results for this query." }
      : { organic_results: Array.from({ length: query.num }, (_, index) => organicResult(query, index)) }),
  };
}

function searchMetadata(query: SearchQuery, now: Date) {
  const id = stableHex(JSON.stringify(query), 24);
  const at = now
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
  return {
    id,
    status: 'Success',
    json_endpoint: `https://serpapi.com/searches/${id}.json`,
    created_at: at,
    processed_at: at,
    google_url: `https://www.google.com/search?q=${encodeURIComponent(query.q)}`,
    total_time_taken: 0.42,
  };
}

function organicResult(query: SearchQuery, index: number) {
  const position = index + 1;
  const slug = stableHex(`${query.q} ${query.start + position}`, 8);
  const link = `https://en.wikipedia.org/wiki/${slug}`;
  return {
    position,
    title: `${query.q}: result ${query.start + position}`,
    link,
    displayed_link: `https://en.wikipedia.org › wiki › ${slug}`,
    snippet: `What is known about ${query.q}, part ${query.start + position}.`,
    source: 'Wikipedia',
  };
}
