import { randomUUID } from 'node:crypto';
import type { Redis } from '@4runr/service-kit/redis';
import { generationKeyOf } from './redis-answer-cache.ts';

/** Makes every kept answer of a tool void, on all replicas, also those that are being fetched. @throws what the client throws */
export type PurgeAnswers = (tool: string) => Promise<void>;

export function createCachePurger(redis: Redis): PurgeAnswers {
  return async (tool) => void (await redis.set(generationKeyOf(tool), randomUUID()));
}
