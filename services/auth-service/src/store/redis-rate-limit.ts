import { createHash } from 'node:crypto';
import type { Redis } from '@4runr/service-kit/redis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { TakeOne } from '../domain/rate-limits.ts';

/** Length of the window, in seconds. */
const windowSeconds = 60;

/**
 * A limit per minute in the state Redis: a fixed window that begins with its first request. Keys are digests, so that their
 * length and characters are ours.
 *
 * @param options.perMinute 0 limits nothing
 * @throws what the client of Redis throws: what cannot be counted is not let through
 */
export function createRedisRateLimit(
  redis: Redis,
  { name, perMinute }: { name: string; perMinute: number },
): TakeOne {
  if (perMinute === 0) return async () => undefined;
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    useRedisPackage: true,
    keyPrefix: `auth:rate:${name}`,
    points: perMinute,
    duration: windowSeconds,
  });
  return async (key) => {
    try {
      await limiter.consume(digestOf(key));
      return undefined;
    } catch (rejected) {
      if (rejected instanceof RateLimiterRes) return secondsOf(rejected);
      throw rejected;
    }
  };
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1_000));
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
