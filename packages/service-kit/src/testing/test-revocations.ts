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
import { revocationCheckName } from '../revocation/index.ts';

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

/** Longest that a service may take to read revocations, in milliseconds. */
const readWithinMs = 10_000;

/** Resolves once the service at the URL knows who is revoked: its readiness does not miss it any more. */
export async function untilRevocationsAreRead(url: string): Promise<void> {
  const until = performance.now() + readWithinMs;
  while ((await failingChecksOf(url)).includes(revocationCheckName)) {
    if (performance.now() > until) throw new Error(`revocations were not read within ${readWithinMs} ms`);
  }
}

async function failingChecksOf(url: string): Promise<readonly string[]> {
  const { failing } = (await (await fetch(`${url}/readyz`)).json()) as { failing: readonly string[] };
  return failing;
}
