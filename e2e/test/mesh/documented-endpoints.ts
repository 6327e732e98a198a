import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ServiceName } from '@4runr/contracts/mesh';
import { e2e } from './config.ts';

export interface DocumentedEndpoint {
  readonly service: ServiceName;
  readonly method: string;
  /** With something put in for each parameter. */
  readonly path: string;
  /** Whose token it asks for. */
  readonly by: 'operator' | 'agent' | 'mesh';
}

/** Rows of the tables of endpoints that are for everybody, and those of the providers that are simulated. */
const open = /^\/(?:\.well-known|oauth|ready$|livez|readyz|metrics|_sim|search|token|gmail)|^\/v1\/chat\//;

/** Every endpoint that asks for a token, as the README of its service has it: one that is not there is nobody's to use. */
export function documentedEndpoints(): readonly DocumentedEndpoint[] {
  const services: readonly ServiceName[] = [
    'auth-service',
    'policy-service',
    'proxy-service',
    'provider-simulator',
  ];
  const found = services.flatMap(readEndpoints).filter((endpoint) => !open.test(endpoint.path));
  return [...new Map(found.map((each) => [`${each.service} ${each.method} ${each.path}`, each])).values()];
}

function readEndpoints(service: ServiceName): readonly DocumentedEndpoint[] {
  const readme = readFileSync(path.join(e2e.folder.root, 'services', service, 'README.md'), 'utf8');
  const rows = readme.split('\n').filter((line) => /^\| `(?:GET|POST|PUT|PATCH|DELETE)\b/.test(line));
  return rows.flatMap((row) => {
    const [, calls = '', ...rest] = row.split(' | ').join('|').split('|');
    return readCalls(calls).map((call) => ({ service, ...call, by: whoMay(call.path, rest.join(' ')) }));
  });
}

/** "`PUT`, `DELETE /v1/x/{id}`" are two calls of one path. */
function readCalls(cell: string): readonly { method: string; path: string }[] {
  const calls: { method: string; path: string }[] = [];
  let waiting: string[] = [];
  for (const [, method = '', target] of cell.matchAll(
    /`(?:(GET|POST|PUT|PATCH|DELETE)\b ?)?(\/[^`?]*)?[^`]*`/g,
  )) {
    if (method !== '') waiting.push(method);
    if (target === undefined) continue;
    const filled = target
      .replaceAll('{tool}', 'serpapi')
      .replaceAll('{action}', 'search')
      .replaceAll(/\{\w+\}/g, 'x');
    calls.push(...waiting.map((each) => ({ method: each, path: filled })));
    waiting = [];
  }
  return calls;
}

function whoMay(target: string, rest: string): DocumentedEndpoint['by'] {
  if (/^\/(?:internal|access)\//.test(target)) return 'mesh';
  return /^ ?operators\b/.test(rest) || target.startsWith('/v1/faults') ? 'operator' : 'agent';
}
