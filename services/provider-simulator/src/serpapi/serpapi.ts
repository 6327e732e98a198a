import type { Request, RequestHandler, Response } from 'express';
import type { SimulatedProvider } from '../http/provider-router.ts';
import { queryParameter, wholeNumberParameter } from '../http/query-parameter.ts';
import { isPlayed } from './search-engine.ts';
import { failedSearch, searchFailed, searchResults } from './search-results.ts';

/** SerpAPI: `GET /search.json` and its other name `/search`. */
export function createSerpapi(): SimulatedProvider {
  return {
    name: 'serpapi',
    tool: 'serpapi',
    malforms: 'json',
    paths: /^\/(search|searches|account|locations)(\.json|\/.*)?$/,
    routes: ['/search.json', '/search'].map((path) => ({
      method: 'get',
      path,
      handlers: [requireKey, requireEngine, search],
    })),
    credentialOf: keyOf,
    answerUnknown: (_request, response) => refuse(response, 404, 'Not found.'),
    answerFailure: (response, { status, detail }) => refuse(response, status, detail),
    answerFault: (_request, response, status) => refuse(response, status, faultMessageOf(status)),
  };
}

/** The key that SerpAPI does not know; any other that is not empty will do. */
const unknownKey = 'invalid';

const keyOf = (request: Request): string | undefined => queryParameter(request, 'api_key');

const requireKey: RequestHandler = (request, response, next) => {
  const key = keyOf(request);
  if (key !== undefined && key !== unknownKey) return next();
  refuse(response, 401, 'Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key');
};

const engineOf = (request: Request): string => queryParameter(request, 'engine') ?? 'google';

const requireEngine: RequestHandler = (request, response, next) => {
  const engine = engineOf(request);
  if (isPlayed(engine)) return next();
  refuse(response, 400, `Unsupported \`${engine}\` search engine.`);
};

/** Searches with this text go wrong at the engine. */
const fails = 'fail please';

const resultsDefault = 10;
const resultsMax = 100;

const search: RequestHandler = (request, response) => {
  const engine = engineOf(request);
  const q = queryParameter(request, 'q');
  if (q === undefined || !isPlayed(engine)) return refuse(response, 400, 'Missing query `q` parameter.');
  const numberOf = (name: string) => wholeNumberParameter(request, name);
  const first = engine === 'bing' ? numberOf('first') : undefined;
  const query = {
    q,
    engine,
    location: queryParameter(request, 'location'),
    hl: queryParameter(request, 'hl'),
    gl: queryParameter(request, 'gl'),
    kl: queryParameter(request, 'kl'),
    num: Math.min(numberOf(engine === 'bing' ? 'count' : 'num') ?? resultsDefault, resultsMax),
    start: first === undefined ? (numberOf('start') ?? 0) : Math.max(0, first - 1),
  };
  if (q.includes(fails)) response.status(503).json(failedSearch(query, new Date()));
  else response.json(searchResults(query, new Date()));
};

function faultMessageOf(status: number): string {
  return status === 429 ? 'Your account has run out of searches.' : searchFailed;
}

/** SerpAPI's form of an error (https://serpapi.com/api-status-and-error-codes, read 2026-11-24). */
function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error });
}
