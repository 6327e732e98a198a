export { createRedis, type Redis, type RedisOptions } from './redis.ts';
export { translateRedisError } from './translate-redis-error.ts';
