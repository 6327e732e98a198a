import { stableHex, stableInteger } from '../domain/stable-random.ts';
import { organicResult, type SearchQuery, searchEngines } from './search-engine.ts';
import { searchPagination } from './search-pagination.ts';

/** Queries with this text find nothing: SerpAPI answers them with 200, status `Success` and an `error`. */
const findsNothing = 'no results please';

/** The answer of SerpAPI (https://serpapi.com/search-api, read 2026-11-24): the same for the same query but for the times. */
export function searchResults(query: SearchQuery, now: Date): object {
  const common = {
    search_metadata: searchMetadata(query, now, 'Success'),
    search_parameters: searchParameters(query),
  };
  if (query.q.includes(findsNothing)) {
    return {
      ...common,
      search_information: searchInformation(query, 0, 'Fully empty'),
      error: `${searchEngines[query.engine].name} hasn't returned any results for this query.`,
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

/** What SerpAPI says of a search that went wrong, with a status of 503 (https://serpapi.com/search-errors, read 2026-11-25). */
export function failedSearch(query: SearchQuery, now: Date): object {
  return {
    search_metadata: searchMetadata(query, now, 'Error'),
    search_parameters: searchParameters(query),
    error: searchFailed,
  };
}

export const searchFailed = "We couldn't get valid results for this search. Please try again later.";

function searchMetadata(query: SearchQuery, now: Date, status: 'Success' | 'Error') {
  const id = stableHex(JSON.stringify(query), 24);
  const at = now.toISOString().replace(/^(.*)T(.*)\.\d+Z$/, '$1 $2 UTC');
  return {
    id,
    status,
    json_endpoint: `https://serpapi.com/searches/${id.slice(0, 16)}/${id}.json`,
    created_at: at,
    processed_at: at,
    [`${query.engine}_url`]: `${searchEngines[query.engine].site}?${new URLSearchParams({ q: query.q })}`,
    raw_html_file: `https://serpapi.com/searches/${id.slice(0, 16)}/${id}.html`,
    total_time_taken: stableInteger(id, 30, 250) / 100,
  };
}

function searchParameters(query: SearchQuery) {
  const { engine, q } = query;
  return { engine, q, ...searchEngines[engine].parameters(query) };
}

function searchInformation(query: SearchQuery, total: number, organic_results_state: string) {
  return { ...searchEngines[query.engine].information(query, total), organic_results_state };
}
