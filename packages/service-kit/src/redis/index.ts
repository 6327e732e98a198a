export type { Redis } from './keyed-commands.ts';
export { createRedis, type RedisOptions } from './redis.ts';
export { redisCheck } from './redis-check.ts';
export { redisUrl } from './redis-url.ts';
export { translateRedisError } from './translate-redis-error.ts';
