import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import type { AuthDatabase } from './store/database-schema.ts';
import {
  claimUnpublished,
  deleteRevocations,
  markPublished,
  readActive,
  readExpired,
} from './store/postgres-revocations.ts';
import type { PublishedRevocations } from './store/redis-revocations.ts';

export interface ReconcileParts {
  readonly database: AuthDatabase;
  readonly published: PublishedRevocations;
  /** Told before a list is written anew: what else was given to Redis of late may be lost too. */
  readonly onLostData: () => Promise<void>;
}

/** Between two looks, in milliseconds: what Redis missed it has within a second of its return. */
const everyMs = 500;
/** Between two looks for what has expired, in milliseconds. */
const pruneEveryMs = 60_000;

/**
 * Keeps what readers follow in Redis what Postgres says, in every replica alike: writes the list anew where Redis has lost
 * it, publishes what a replica could not, and clears away what has expired.
 */
export function reconcileRevocations(kit: Kit, parts: ReconcileParts): void {
  let prunedAt = Date.now();
  repeatUntilClosed(kit, {
    name: 'reconciliation of revocations',
    everyMs,
    async run() {
      await rebuildIfIncomplete(kit, parts);
      while ((await publishSome(parts)) > 0);
      if (Date.now() - prunedAt < pruneEveryMs) return;
      prunedAt = Date.now();
      while ((await pruneSome(parts)) > 0);
    },
  });
}

async function rebuildIfIncomplete(
  kit: Kit,
  { database, published, onLostData }: ReconcileParts,
): Promise<void> {
  if (await published.isComplete()) return;
  let entries = 0;
  const isRebuilt = await published.rebuild(async () => {
    await onLostData();
    const active = await readActive(database, new Date());
    entries = active.length;
    return active.map(({ revocation }) => revocation);
  });
  if (isRebuilt) kit.logger.info({ entries }, 'the list of revocations was written anew');
}

/** @returns how many */
async function publishSome({ database, published }: ReconcileParts): Promise<number> {
  return database.transaction().execute(async (transaction) => {
    const pending = await claimUnpublished(transaction);
    if (pending.length === 0) return 0;
    await published.add(pending);
    await markPublished(transaction, pending);
    return pending.length;
  });
}

/** First in Redis, so that nothing is left there of which nobody knows. @returns how many */
async function pruneSome({ database, published }: ReconcileParts): Promise<number> {
  const now = new Date();
  const expired = await readExpired(database, now);
  await published.prune(
    expired.map(({ revocation }) => revocation),
    Math.floor(now.getTime() / 1_000),
  );
  await deleteRevocations(database, expired);
  return expired.length;
}
