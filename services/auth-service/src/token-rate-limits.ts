import { type ConfigOf, integer, setting } from '@4runr/service-kit/config';
import type { Redis } from '@4runr/service-kit/redis';
import { createRateLimits, type RateLimits } from './domain/rate-limits.ts';
import { createRedisRateLimit } from './store/redis-rate-limit.ts';

const perMinute = (env: string, count: number, about: string) =>
  setting(env, integer(0, 1_000_000), {
    default: String(count),
    about: `${about}, per minute; 0 limits nothing`,
  });

export const tokenRateSettings = {
  tokenRateClient: perMinute('TOKEN_RATE_CLIENT', 120, 'tokens that one client may ask for'),
  tokenRateAddress: perMinute(
    'TOKEN_RATE_ADDRESS',
    600,
    'requests to the OAuth endpoints from one address other than loopback',
  ),
  tokenRateFailures: perMinute(
    'TOKEN_RATE_FAILURES',
    20,
    'failures to authenticate as one client from one address other than loopback',
  ),
};

/** The limits that these settings describe, counted in the state Redis. */
export function createTokenRateLimits(config: ConfigOf<typeof tokenRateSettings>, redis: Redis): RateLimits {
  const limit = (name: string, count: number) => createRedisRateLimit(redis, { name, perMinute: count });
  return createRateLimits({
    addresses: limit('address', config.tokenRateAddress),
    clients: limit('client', config.tokenRateClient),
    failures: limit('failure', config.tokenRateFailures),
  });
}
