import { createAuditTrail } from '@4runr/service-kit/audit-trail';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { createRedis, type Redis } from '@4runr/service-kit/redis';
import type { ProxyConfig } from './config.ts';
import type { PurgeParts } from './http/purge-cache.ts';
import type { ProxyMetrics } from './metrics.ts';
import type { FetchParts } from './pipeline/fetch-answer.ts';
import { createCacheGate } from './store/cache-gate.ts';
import { createCachePurger } from './store/cache-purger.ts';
import { createRedisAnswerCache } from './store/redis-answer-cache.ts';

/** A call waits no longer than this for the cache, and only until it has been late for the first time, in milliseconds. */
const commandTimeoutMs = 100;

/** The cache of answers, with a client of its own, and the means to purge it, which are there also while it is off. */
export function composeCache(
  kit: Kit<ProxyConfig>,
  { redis: stateRedis, metrics }: { readonly redis: Redis; readonly metrics: ProxyMetrics },
): { readonly answers: FetchParts | undefined; readonly purging: PurgeParts } {
  const { cacheEnabled, redisUrl, redisCacheUrl, cacheEntryBytesMax, cacheStaleIfBrokenSeconds } = kit.config;
  const redis = createRedis(kit, { url: redisCacheUrl === '' ? redisUrl : redisCacheUrl, commandTimeoutMs });
  const purging = { purge: createCachePurger(redis), trail: createAuditTrail(stateRedis) };
  if (!cacheEnabled) return { answers: undefined, purging };
  const gate = createCacheGate(kit, () => redis.ping());
  const closing = new AbortController();
  const answers: FetchParts = {
    cache: createRedisAnswerCache(kit, { redis, gate, entryBytesMax: cacheEntryBytesMax }),
    count: (tool, result) => metrics.cacheEvents.inc({ tool, result }),
    staleIfBrokenSeconds: cacheStaleIfBrokenSeconds,
    closing: closing.signal,
    longestWaitMs: kit.config.waitSecondsMax * 1_000,
    clock: Date.now,
  };
  kit.onClose('answers fetched behind others', () => closing.abort());
  return { answers, purging };
}
