import type { Request, RequestHandler, Response } from 'express';
import type { SimulatedProvider } from '../http/provider.ts';
import { searchResults } from './search-results.ts';

/** SerpAPI: `GET /search.json`. */
export const serpapi: SimulatedProvider = {
  name: 'serpapi',
  routes: [
    { method: 'get', path: '/search.json', handlers: [search()] },
    { method: 'get', path: '/search', handlers: [search()] },
  ],
};

/** The key that SerpAPI does not know; any other that is not empty will do. */
const unknownKey = 'invalid';
const resultsDefault = 10;
const resultsMax = 100;

function search(): RequestHandler {
  return (request, response) => {
    const key = parameter(request, 'api_key');
    if (key === undefined || key === unknownKey) {
      return refuse(
        response,
        401,
        'Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key',
      );
    }
    const q = parameter(request, 'q');
    if (q === undefined) return refuse(response, 400, 'Missing query `q` parameter.');
    const engine = parameter(request, 'engine') ?? 'google';
    if (!/^[a-z_]+$/.test(engine)) return refuse(response, 400, `Unsupported \`${engine}\` search engine.`);
    const query = {
      q,
      engine,
      location: parameter(request, 'location'),
      num: Math.min(wholeNumber(request, 'num') ?? resultsDefault, resultsMax),
      start: wholeNumber(request, 'start') ?? 0,
    };
    response.json(searchResults(query, new Date()));
  };
}

function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error });
}

function parameter(request: Request, name: string): string | undefined {
  const value: unknown = request.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function wholeNumber(request: Request, name: string): number | undefined {
  const value = parameter(request, name);
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}
