import { readFileSync } from 'node:fs';
import { answerRequest, type ProviderRequest, parseSimulatedProvider } from '@4runr/simulated-provider';
import type { ProviderRequestSeen, ProviderScript } from './test-provider.ts';

/**
 * Answers as the `simulated-provider.json` of an adapter says, which is what provider-simulator answers in mock mode.
 *
 * @throws Error when the file cannot be read or used
 */
export function documentedProvider(file: URL): ProviderScript {
  const provider = parseSimulatedProvider(readFileSync(file, 'utf8'));
  return (request, response) => {
    const { status, headers, body } = answerRequest(provider, toProviderRequest(request));
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

function toProviderRequest({ method, url, headers, body }: ProviderRequestSeen): ProviderRequest {
  const isJson = /^application\/([\w.-]+\+)?json\b/.test(headers['content-type'] ?? '');
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: isJson ? JSON.parse(body) : undefined,
  };
}
