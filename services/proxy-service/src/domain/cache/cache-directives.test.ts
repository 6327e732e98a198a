import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noDirectives, parseCacheDirectives } from './cache-directives.ts';

describe('Cache-Control of a request', () => {
  const rows: [guarantee: string, header: string | undefined, read: object][] = [
    ['asks for nothing where there is none', undefined, {}],
    ['asks for nothing where it is empty', '', {}],
    ['is read in any case, with any spaces', ' No-Store ,NO-CACHE', { noStore: true, noCache: true }],
    ['says how old an answer may be', 'max-age=5', { maxAgeSeconds: 5 }],
    ['may quote numbers', 'max-age="5"', { maxAgeSeconds: 5 }],
    ['says nothing by a number that is none', 'max-age=soon, max-age=-1, min-fresh=', {}],
    ['takes any staleness, or so much', 'max-stale', { maxStaleSeconds: Number.POSITIVE_INFINITY }],
    ['takes so much staleness', 'max-stale=7', { maxStaleSeconds: 7 }],
    ['may say what nobody knows', 'x-no-store, constructor=1, __proto__', {}],
  ];
  for (const [guarantee, header, read] of rows)
    it(guarantee, () => assert.deepEqual(parseCacheDirectives(header), { ...noDirectives, ...read }));
});
