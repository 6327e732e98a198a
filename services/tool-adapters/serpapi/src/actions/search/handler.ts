import type { ActionHandler } from '@4runr/adapter-kit';
import type { SerpapiClient, SerpapiQuery } from '../../client/serpapi-client.ts';
import { defaultEngine } from './engines.ts';
import type { SearchParams } from './manifest.ts';

/** `serpapi:search`: the result is SerpAPI's answer. A search without results is a result. */
export function createSearchHandler(serpapi: SerpapiClient): ActionHandler<SearchParams> {
  return async (call) => {
    const query = { engine: defaultEngine, ...call.params } as SerpapiQuery;
    return { result: await serpapi.search(call, query), usage: { searches: 1 } };
  };
}
