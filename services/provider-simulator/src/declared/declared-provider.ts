import { jsonBody, type Route } from '@4runr/service-kit/http';
import {
  answerRequest,
  failureAnswer,
  type ProviderAnswer,
  type ProviderRequest,
  shownCredential,
} from '@4runr/simulated-provider';
import type { Request, RequestHandler, Response } from 'express';
import type { SimulatedProvider } from '../http/provider-router.ts';
import type { DeclaredProvider } from './load-declared-providers.ts';

/** Plays a provider of a file, below `/providers/{tool}`. */
export function createDeclaredProvider(declared: DeclaredProvider, bodyBytesMax: number): SimulatedProvider {
  const { tool, answers } = declared;
  const base = `/providers/${tool}`;
  const readBody = readJsonBody(bodyBytesMax);
  const answer: RequestHandler = (request, response) =>
    send(response, answerRequest(declared, toRequest(request, base)));
  const places = new Map(answers.map(({ method, path }) => [`${method} ${path}`, { method, path }]));
  return {
    name: tool,
    tool,
    malforms: 'json',
    paths: new RegExp(`^${base}(/|$)`),
    routes: [...places.values()].map(({ method, path }) => ({
      method: method.toLowerCase() as Route['method'],
      path: `${base}${toExpressPath(path)}`,
      handlers: [readBody, answer],
    })),
    credentialOf: (request) => shownCredential(declared, toRequest(request, base)),
    answerUnknown: (_request, response) => fail(declared, response, 404, 'Not found.'),
    answerFailure: (response, { status, detail }) => fail(declared, response, status, detail),
    answerFault: (_request, response, status) => fail(declared, response, status, faultMessageOf(status)),
  };
}

function faultMessageOf(status: number): string {
  if (status === 429) return 'Too many requests.';
  return status < 500 ? 'The request was refused.' : 'The server has failed.';
}

/** Other bodies than JSON are not looked at. */
function readJsonBody(bodyBytesMax: number): RequestHandler {
  const json = jsonBody(bodyBytesMax);
  return (request, response, next) =>
    request.is(['json', '+json']) ? json(request, response, next) : next();
}

function toExpressPath(path: string): string {
  return path.replaceAll(':', '\\:').replaceAll(/\{(\w+)\}/g, ':$1');
}

function toRequest(request: Request, base: string): ProviderRequest {
  const { method, path, headers } = request;
  const query = new URLSearchParams(request.originalUrl.split('?')[1] ?? '');
  return {
    method: method === 'HEAD' ? 'GET' : method,
    path: path.slice(base.length),
    query,
    headers,
    body: request.body,
  };
}

function fail(declared: DeclaredProvider, response: Response, status: number, detail: string): void {
  send(response, failureAnswer(declared, { status, detail }));
}

function send(response: Response, { status, headers, body }: ProviderAnswer): void {
  response.status(status).set(headers).json(body);
}
