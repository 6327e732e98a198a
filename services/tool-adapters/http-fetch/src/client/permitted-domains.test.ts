import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HandlerObligation } from '@4runr/contracts/decision';
import { permittedDomains } from './permitted-domains.ts';

const domains = (allow: string[], deny: string[] = []): HandlerObligation => ({
  type: 'domains',
  allow,
  deny,
});
const isPermitted = (url: string, ...obligations: HandlerObligation[]) => {
  try {
    permittedDomains(obligations)(new URL(url));
    return true;
  } catch {
    return false;
  }
};

describe('permittedDomains', () => {
  const rows: [name: string, url: string, obligations: HandlerObligation[], permitted: boolean][] = [
    ['permits every host without an obligation', 'https://example.com/', [], true],
    ['permits a host that is allowed', 'https://example.com/', [domains(['example.com'])], true],
    [
      'permits a subdomain of an allowed parent',
      'https://en.wikipedia.org/',
      [domains(['*.wikipedia.org'])],
      true,
    ],
    ['refuses every other host', 'https://evil.test/', [domains(['example.com'])], false],
    [
      'refuses a host that is denied too',
      'https://a.example.com/',
      [domains(['*.example.com'], ['a.example.com'])],
      false,
    ],
    [
      'refuses a denied host with a trailing dot',
      'https://a.example.com./',
      [domains(['*'], ['a.example.com'])],
      false,
    ],
    ['refuses everything when nothing is allowed', 'https://example.com/', [domains([])], false],
    [
      'demands that all obligations are met',
      'https://a.test/',
      [domains(['*.test', 'a.test']), domains(['b.test'])],
      false,
    ],
  ];
  for (const [name, url, obligations, permitted] of rows) {
    it(name, () => assert.equal(isPermitted(url, ...obligations), permitted));
  }
});
