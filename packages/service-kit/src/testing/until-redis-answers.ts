import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from '../redis/index.ts';

/** Longest that a client may take to connect unless a test says otherwise, in milliseconds. */
const connectedWithinMs = 10_000;

/**
 * Resolves once a client, which connects in the background, has somebody to ask.
 *
 * @param keys what can be asked for then: on a Redis Cluster each node is another connection
 */
export async function untilRedisAnswers(
  redis: Redis,
  keys: readonly string[] = [],
  withinMs = connectedWithinMs,
): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await doesAnswer(redis, keys))) {
    if (performance.now() > until) throw new Error(`no Redis answered within ${withinMs} ms`);
    await delay(5);
  }
}

function doesAnswer(redis: Redis, keys: readonly string[]): Promise<boolean> {
  return Promise.all([redis.ping(), ...keys.map((key) => redis.exists(key))]).then(
    () => true,
    () => false,
  );
}
