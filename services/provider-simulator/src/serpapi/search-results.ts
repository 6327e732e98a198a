import { stableHex, stableInteger } from '../domain/stable-random.ts';
import { searchPagination } from './search-pagination.ts';

export interface SearchQuery {
  readonly q: string;
  readonly engine: string;
  readonly location: string | undefined;
  /** Languages and countries as Google names them. */
  readonly hl: string | undefined;
  readonly gl: string | undefined;
  readonly num: number;
  readonly start: number;
}

/** Queries with this text find nothing: SerpAPI answers them with 200, status `Success` and an `error`. */
const findsNothing = 'no results please';

/**
 * The answer of SerpAPI's Google engine (https://serpapi.com/search-api, read 2026-11-24): the same for the same query but
 * for the times.
 */
export function searchResults(query: SearchQuery, now: Date): object {
  const common = { search_metadata: searchMetadata(query, now), search_parameters: searchParameters(query) };
  if (query.q.includes(findsNothing)) {
    return {
      ...common,
      search_information: searchInformation(query, 0, 'Fully empty'),
      error: "Google hasn't returned any results for this query.",
    };
  }
  const total = stableInteger(query.q, 1_000, 9_000_000);
  return {
    ...common,
    search_information: searchInformation(query, total, 'Results for exact spelling'),
    organic_results: Array.from({ length: query.num }, (_, index) => organicResult(query, index)),
    ...searchPagination(query),
  };
}

function searchMetadata(query: SearchQuery, now: Date) {
  const id = stableHex(JSON.stringify(query), 24);
  const at = now.toISOString().replace(/^(.*)T(.*)\.\d+Z$/, '$1 $2 UTC');
  return {
    id,
    status: 'Success',
    json_endpoint: `https://serpapi.com/searches/${id.slice(0, 16)}/${id}.json`,
    created_at: at,
    processed_at: at,
    [`${query.engine}_url`]: `https://www.google.com/search?${new URLSearchParams({ q: query.q })}`,
    raw_html_file: `https://serpapi.com/searches/${id.slice(0, 16)}/${id}.html`,
    total_time_taken: stableInteger(id, 30, 250) / 100,
  };
}

function searchParameters({ engine, q, location, hl, gl, num, start }: SearchQuery) {
  return {
    engine,
    q,
    ...(location === undefined
      ? {}
      : { location_requested: location, location_used: location.replaceAll(', ', ',') }),
    google_domain: 'google.com',
    ...(hl === undefined ? {} : { hl }),
    ...(gl === undefined ? {} : { gl }),
    ...(start === 0 ? {} : { start }),
    num: String(num),
    device: 'desktop',
  };
}

function searchInformation({ q }: SearchQuery, total: number, state: string) {
  return {
    query_displayed: q,
    total_results: total,
    time_taken_displayed: stableInteger(q, 10, 90) / 100,
    organic_results_state: state,
  };
}

function organicResult({ q, start }: SearchQuery, index: number) {
  const rank = start + index + 1;
  const article = `Result_${rank}_${stableHex(`${q} ${rank}`, 8)}`;
  return {
    position: index + 1,
    title: `${q}: result ${rank}`,
    link: `https://en.wikipedia.org/wiki/${article}`,
    displayed_link: `https://en.wikipedia.org › wiki › ${article}`,
    favicon: 'https://serpapi.com/searches/images/wikipedia.png',
    snippet: `What is known about ${q}, part ${rank}.`,
    snippet_highlighted_words: [q],
    source: 'Wikipedia',
  };
}
