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
import { traceAnswerCache } from './store/traced-stores.ts';

/** The cache of answers, with a client of its own, and the means to purge it, which are there also while it is off. */
export function composeCache(
  kit: Kit<ProxyConfig>,
  { redis: stateRedis, metrics }: { readonly redis: Redis; readonly metrics: ProxyMetrics },
): { readonly answers: FetchParts | undefined; readonly purging: PurgeParts } {
  const { config } = kit;
  const url = config.redisCacheUrl === '' ? config.redisUrl : config.redisCacheUrl;
  if (config.cacheEnabled && url === config.redisUrl) warnOfSharedRedis(kit);
  const redis = createRedis(kit, {
    url,
    commandTimeoutMs: config.cacheTimeoutMs,
  });
  const purging = { purge: createCachePurger(redis), trail: createAuditTrail(stateRedis) };
  if (!config.cacheEnabled) return { answers: undefined, purging };
  const gate = createCacheGate(kit, () => redis.ping());
  const closing = new AbortController();
  const answers: FetchParts = {
    cache: traceAnswerCache(
      kit.tracing,
      createRedisAnswerCache(kit, { redis, gate, entryBytesMax: config.cacheEntryBytesMax }),
    ),
    count: (tool, result) => metrics.cacheEvents.inc({ tool, result }),
    staleIfBrokenSeconds: config.cacheStaleIfBrokenSeconds,
    closing: closing.signal,
    longestWaitMs: config.waitSecondsMax * 1_000,
    clock: Date.now,
  };
  kit.onClose('answers fetched behind others', () => closing.abort());
  return { answers, purging };
}

/** Whoever tries the gateway out may do with one Redis; where it is full, no call is decided any more. */
function warnOfSharedRedis({ logger }: Pick<Kit, 'logger'>): void {
  logger.warn(
    { event: 'cache_in_state_redis' },
    'answers are kept in the state Redis, which never evicts: they can fill it, and then no call is decided. Give REDIS_CACHE_URL, or FF_CACHE=off',
  );
}
