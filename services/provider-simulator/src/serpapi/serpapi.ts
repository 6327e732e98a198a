import type { Request, RequestHandler, Response } from 'express';
import type { SimulatedProvider } from '../http/provider-router.ts';
import { queryParameter, wholeNumberParameter } from '../http/query-parameter.ts';
import { searchResults } from './search-results.ts';

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

/** Engines whose answers have the form of the Google engine's, as far as it is played here. */
const engines: ReadonlySet<string> = new Set(['google', 'google_light', 'bing', 'duckduckgo']);

const requireEngine: RequestHandler = (request, response, next) => {
  const engine = queryParameter(request, 'engine') ?? 'google';
  if (engines.has(engine)) return next();
  refuse(response, 400, `Unsupported \`${engine}\` search engine.`);
};

const resultsDefault = 10;
const resultsMax = 100;

const search: RequestHandler = (request, response) => {
  const q = queryParameter(request, 'q');
  if (q === undefined) return refuse(response, 400, 'Missing query `q` parameter.');
  const query = {
    q,
    engine: queryParameter(request, 'engine') ?? 'google',
    location: queryParameter(request, 'location'),
    hl: queryParameter(request, 'hl'),
    gl: queryParameter(request, 'gl'),
    num: Math.min(wholeNumberParameter(request, 'num') ?? resultsDefault, resultsMax),
    start: wholeNumberParameter(request, 'start') ?? 0,
  };
  response.json(searchResults(query, new Date()));
};

function faultMessageOf(status: number): string {
  return status === 429
    ? 'Your account has run out of searches.'
    : "We couldn't get valid results for this search. Please try again later.";
}

/** SerpAPI's form of an error (https://serpapi.com/api-status-and-error-codes, read 2026-11-24). */
function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error });
}
