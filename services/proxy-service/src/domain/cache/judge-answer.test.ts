import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ActionCache } from '@4runr/contracts/manifest';
import { parseCacheDirectives } from './cache-directives.ts';
import { judgeAnswer, type Verdict } from './judge-answer.ts';

const rules: ActionCache = { ttlSeconds: 60, scope: 'shared', staleWhileRevalidateSeconds: 30 };

function judge(ageSeconds: number, cacheControl?: string, changed: Partial<ActionCache> = {}): string {
  const verdict = judgeAnswer({
    ageSeconds,
    rules: { ...rules, ...changed },
    asked: parseCacheDirectives(cacheControl),
    staleIfBrokenSeconds: 3_600,
  });
  return describeVerdict(verdict);
}

function describeVerdict(verdict: Verdict): string {
  if (verdict.kind === 'answer') return verdict.isStale ? 'stale' : 'fresh';
  return `fetch because ${verdict.because}${verdict.servesIfBroken ? ', serves if broken' : ''}`;
}

describe('a kept answer', () => {
  const rows: [guarantee: string, verdict: string, ...Parameters<typeof judge>][] = [
    ['serves for its life', 'fresh', 59],
    ['serves to the end of its life', 'fresh', 60],
    ['serves beyond its life while it is fetched anew', 'stale', 61],
    ['serves so for as long as the manifest says', 'stale', 90],
    ['is fetched anew thereafter', 'fetch because stale, serves if broken', 91],
    ['serves a broken tool for an hour more', 'fetch because stale, serves if broken', 3_660],
    ['is of no use after that', 'fetch because stale', 3_661],
  ];
  for (const [guarantee, verdict, ...judged] of rows)
    it(guarantee, () => assert.equal(judge(...judged), verdict));

  it('serves not a second beyond its life where the manifest says nothing of that', () => {
    const verdict = judgeAnswer({
      ageSeconds: 61,
      rules: { ttlSeconds: 60, scope: 'agent' },
      asked: parseCacheDirectives(undefined),
      staleIfBrokenSeconds: 0,
    });
    assert.deepEqual(verdict, { kind: 'fetch', because: 'stale', servesIfBroken: false });
  });
});

describe('a caller', () => {
  const rows: [guarantee: string, verdict: string, ...Parameters<typeof judge>][] = [
    ['gets a new answer by no-cache, also where the tool is broken', 'fetch because request', 1, 'no-cache'],
    ['gets a kept answer that is younger than max-age', 'fresh', 10, 'max-age=10'],
    ['gets no older one', 'fetch because request', 10.5, 'max-age=10'],
    ['gets a new answer by max-age=0', 'fetch because request', 0.001, 'max-age=0'],
    ['gets nothing beyond its life if it limits the age', 'fetch because stale', 61, 'max-age=100'],
    ['gets an answer that stays fresh for min-fresh', 'fresh', 40, 'min-fresh=20'],
    ['gets none that does not', 'fetch because request', 41, 'min-fresh=20'],
    ['gets by max-stale what is beyond its life for less', 'stale', 160, 'max-stale=100'],
    ['gets nothing that is for longer', 'fetch because stale', 161, 'max-stale=100'],
    ['gets whatever is kept by max-stale alone', 'stale', 100_000, 'max-stale'],
    ['gets it within max-age', 'stale', 70, 'max-age=80, max-stale'],
    ['does not get it beyond max-age', 'fetch because stale', 81, 'max-age=80, max-stale'],
  ];
  for (const [guarantee, verdict, ...judged] of rows)
    it(guarantee, () => assert.equal(judge(...judged), verdict));
});
