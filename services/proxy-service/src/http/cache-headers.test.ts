import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CacheHandling, type Hit, passedBy } from '../domain/cache/cache-handling.ts';
import { formatCacheStatus } from './cache-headers.ts';

const hit: Hit = { kind: 'hit', ageSeconds: 12.7, ttlSeconds: 47.3, refresh: 'none' };

describe('Cache-Status', () => {
  const rows: [guarantee: string, handling: CacheHandling, field: string][] = [
    ['says how long an answer serves yet', hit, '"4RUNR"; hit; ttl=47'],
    [
      'says for how long it is beyond its life',
      { ...hit, ttlSeconds: -2.5, refresh: 'begun' },
      '"4RUNR"; hit; ttl=-3',
    ],
    [
      'says that a breaker is open',
      { ...hit, ttlSeconds: -9, refresh: 'broken' },
      '"4RUNR"; hit; ttl=-9; detail=stale-if-error',
    ],
    ['says that an action has no cache', passedBy, '"4RUNR"; fwd=bypass'],
    [
      'says why the cache was passed by',
      { ...passedBy, detail: 'no-store' },
      '"4RUNR"; fwd=bypass; detail=no-store',
    ],
    [
      'says that an answer is kept',
      { ...passedBy, because: 'miss', isStored: true },
      '"4RUNR"; fwd=miss; stored',
    ],
    [
      'says that another call has fetched it',
      { ...passedBy, because: 'stale', isCollapsed: true },
      '"4RUNR"; fwd=stale; collapsed',
    ],
  ];
  for (const [guarantee, handling, field] of rows)
    it(guarantee, () => assert.equal(formatCacheStatus(handling), field));
});
