import { setTimeout as delay } from 'node:timers/promises';
import type { ReadinessCheck } from '@4runr/service-kit/http';
import type { Redis } from '@4runr/service-kit/redis';
import { type Revocations, revocationCheck } from '@4runr/service-kit/revocation';
import { sql } from 'kysely';
import type { AuthDatabase } from './store/database-schema.ts';
import type { KeyRing } from './store/key-ring.ts';

/** Longest that a check takes, in milliseconds. */
const checkTimeoutMs = 1_000;

/** What the service needs to issue tokens. */
export function readinessChecks(parts: {
  database: AuthDatabase;
  redis: Redis;
  keyRing: KeyRing;
  revocations: Revocations;
}): ReadinessCheck[] {
  return [
    { name: 'postgres', check: () => withinTimeout(sql`select 1`.execute(parts.database)) },
    { name: 'redis', check: () => withinTimeout(parts.redis.ping()) },
    { name: 'signing keys', check: () => void parts.keyRing.signingKey() },
    revocationCheck(parts.revocations),
  ];
}

async function withinTimeout(work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const timeout = delay(checkTimeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no answer within ${checkTimeoutMs} ms`);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    timeout.catch(() => {});
    timer.abort();
  }
}
