import type { Kit } from '@4runr/service-kit/lifecycle';
import type { AuditRetention } from '../domain/audit-retention.ts';
import { createOutageLog } from '../outage-log.ts';
import { repeatUntilStopped } from '../repeat-until-stopped.ts';
import { dropPartitions, makePartitions } from './audit-partitions.ts';
import type { PolicyDatabase } from './database-schema.ts';
import type { RedisAuditInbox } from './redis-audit-inbox.ts';

/** Between two looks for new items, in milliseconds: they are to be read within two seconds. */
const pollMs = 200;
/** Before storing is tried again, in milliseconds. */
const retryMs = 500;
const maintenanceMs = 3_600_000;
const maintenanceRetryMs = 60_000;

export interface AuditTrailParts {
  readonly database: PolicyDatabase;
  readonly inbox: RedisAuditInbox;
  readonly retention: AuditRetention;
  /** One round of moving items from the inbox to the trail. */
  readonly drain: () => Promise<boolean>;
  /** Brings the database to where the trail can be kept. */
  readonly prepare: () => Promise<void>;
}

/** Stores what waits in the streams, and makes and drops partitions, until the service stops. */
export function keepAuditTrail(kit: Kit, parts: AuditTrailParts): void {
  const draining = createOutageLog(kit.logger, {
    begins: 'the audit trail cannot be stored; it waits in the streams',
    ends: 'the audit trail is stored again',
  });
  repeatUntilStopped(kit, 'audit-trail', async () => {
    let hasMoved = false;
    const isDone = await draining.watch(async () => {
      await parts.prepare();
      hasMoved = await parts.drain();
    });
    if (!isDone) return retryMs;
    return hasMoved ? 0 : pollMs;
  });

  const maintenance = createOutageLog(kit.logger, {
    begins: 'the audit trail cannot be maintained; this is tried again',
    ends: 'the audit trail is maintained again',
  });
  repeatUntilStopped(kit, 'audit-maintenance', async () => {
    const isDone = await maintenance.watch(() => maintain(kit, parts));
    return isDone ? maintenanceMs : maintenanceRetryMs;
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
