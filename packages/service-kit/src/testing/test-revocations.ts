import { randomUUID } from 'node:crypto';
import {
  type Revocation,
  type RevocationEntry,
  revocationFeedMax,
  revocationKeys,
  toRevocationEntry,
  toRevocationMessage,
} from '@4runr/contracts/revocation';
import type { RedisClientType } from '@redis/client';

const { active, feed, generation } = revocationKeys;

/** Writes the whole list, as auth-service does when Redis has none. Another list takes the place of one that was there. */
export async function writeRevocationList(
  redis: RedisClientType,
  revocations: readonly Revocation[] = [],
): Promise<void> {
  const writing = redis.multi().del(active).set(generation, randomUUID());
  for (const entry of revocations.map(toRevocationEntry)) writing.hSet(active, ...pairOf(entry));
  await writing.exec();
}

/** Writes one revocation to list and feed, as auth-service does before it answers. @param atMs when it was decided */
export async function writeRevocation(
  redis: RedisClientType,
  revocation: Revocation,
  atMs: number = Date.now(),
): Promise<void> {
  await redis
    .multi()
    .hSet(active, ...pairOf(toRevocationEntry(revocation)))
    .xAdd(feed, '*', toRevocationMessage({ revocation, atMs }), {
      TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: revocationFeedMax },
    })
    .exec();
}

function pairOf({ field, value }: RevocationEntry): [field: string, value: string] {
  return [field, value];
}
