import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import { drainWhatWaits } from '../domain/audit-drain.ts';
import type { AuditRetention } from '../domain/audit-retention.ts';
import { dropPartitions, makePartitions } from './audit-partitions.ts';
import type { PolicyDatabase } from './database-schema.ts';
import { type RedisAuditInbox, takenMax } from './redis-audit-inbox.ts';

/** Between two looks for new items, in milliseconds: they are to be read within two seconds. */
const pollMs = 200;
/** Between two looks at how much waits, in milliseconds. */
const watchMs = 2_000;
/** Between two looks for calls whose outcome has not come, in milliseconds. */
const closingMs = 5_000;
/** Between two looks for partitions to make or drop, in milliseconds. */
const maintenanceMs = 600_000;

export interface AuditTrailParts {
  readonly database: PolicyDatabase;
  readonly inbox: RedisAuditInbox;
  readonly retention: AuditRetention;
  /** One round of moving items from the inbox to the trail; answers how many. */
  readonly drain: () => Promise<number>;
  /** One round of closing calls whose outcome has not come. */
  readonly close: () => Promise<void>;
  /** One look at how much waits. */
  readonly watchBacklog: () => Promise<void>;
  /** Brings the database to where the trail can be kept. */
  readonly prepare: () => Promise<void>;
}

/** Stores what waits in the streams, closes calls without outcome, and makes and drops partitions, until the service stops. */
export function keepAuditTrail(kit: Kit, parts: AuditTrailParts): void {
  repeatUntilClosed(kit, {
    name: 'storing of the audit trail',
    everyMs: pollMs,
    async run() {
      await parts.prepare();
      await drainWhatWaits(parts.drain, { full: takenMax, isStopping: () => kit.isDraining() });
    },
  });
  repeatUntilClosed(kit, {
    name: 'watch over the backlog of the audit trail',
    everyMs: watchMs,
    run: parts.watchBacklog,
  });
  repeatUntilClosed(kit, {
    name: 'closing of calls without outcome',
    everyMs: closingMs,
    async run() {
      await parts.prepare();
      await parts.close();
    },
  });
  repeatUntilClosed(kit, {
    name: 'maintenance of the audit trail',
    everyMs: maintenanceMs,
    run: () => maintain(kit, parts),
  });
}

async function maintain(kit: Kit, { prepare, database, inbox, retention }: AuditTrailParts): Promise<void> {
  await prepare();
  const now = new Date();
  const nextMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1));
  await makePartitions(database, [now, nextMonth]);
  const dropped = await dropPartitions(database, new Date(retention.cutoffMs()));
  if (dropped.length > 0) kit.logger.info({ dropped }, 'parts of the audit trail are older than it is kept');
  await inbox.forgetReplicas();
}
