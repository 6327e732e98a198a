export { type NginxEdge, type PreparedNginx, prepareNginx } from './nginx.ts';
export type { PartOptions } from './part-options.ts';
export { PartUnavailableError } from './part-unavailable-error.ts';
export { type PostgresOptions, type PreparedPostgres, preparePostgres } from './postgres/postgres.ts';
export { type PreparedRedis, prepareRedis, type RedisOptions } from './redis.ts';
export { startTestParts, type TestParts } from './test-parts.ts';
export { startTestRedisCluster, type TestRedisCluster } from './test-redis-cluster.ts';
export type { TestRedisNode } from './test-redis-node.ts';
export { startTestRedisServer, type TestRedisServer } from './test-redis-server.ts';
