import { type SearchQuery, searchEngines } from './search-engine.ts';

const pagesShown = 10;

/** How an answer leads to the pages around it (https://serpapi.com/pagination, read 2026-11-24). */
export function searchPagination(query: SearchQuery): object {
  const current = Math.floor(query.start / Math.max(1, query.num)) + 1;
  const others = Array.from({ length: pagesShown }, (_, index) => index + 1).filter(
    (page) => page !== current,
  );
  const linksTo = (urlOf: (page: number) => string) => ({
    current,
    next: urlOf(current + 1),
    other_pages: Object.fromEntries(others.map((page) => [page, urlOf(page)])),
  });
  return {
    pagination: linksTo((page) => pageUrl(searchEngines[query.engine].site, query, page)),
    serpapi_pagination: linksTo((page) => pageUrl('https://serpapi.com/search.json', query, page)),
  };
}

function pageUrl(base: string, query: SearchQuery, page: number): string {
  const parameters = searchEngines[query.engine].pageParameters(query, (page - 1) * query.num);
  return `${base}?${new URLSearchParams({ q: query.q, ...parameters })}`;
}
