import type { ReadinessCheck } from '../http/index.ts';
import type { Redis } from './keyed-commands.ts';

/** That Redis answers now. */
export function redisCheck(redis: Redis): ReadinessCheck {
  return { name: 'redis', check: async () => void (await redis.ping()) };
}
