import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { Redis } from '@4runr/service-kit/redis';
import { createAuditMetrics, fillRatio } from './audit-metrics.ts';
import { compareQuotas } from './compose-quota-comparison.ts';
import type { PolicyConfig } from './config.ts';
import { createAuditClosing } from './domain/audit-closing.ts';
import { type AuditRejection, createAuditDrain } from './domain/audit-drain.ts';
import { createAuditRetention } from './domain/audit-retention.ts';
import { createBacklogWatch } from './domain/backlog-watch.ts';
import { closeCalls } from './store/close-calls.ts';
import type { PolicyDatabase } from './store/database-schema.ts';
import { keepAuditTrail } from './store/keep-audit-trail.ts';
import { createAuditStore } from './store/postgres-audit-store.ts';
import { createAuditInbox } from './store/redis-audit-inbox.ts';

/**
 * Begins to move items from the streams to the trail, and to compare quotas with it. All of that is of the primary: what is compared and closed must not lag.
 *
 * @param parts.prepare brings the database to where the trail can be kept
 */
export function composeAuditTrail(
  kit: Kit<PolicyConfig>,
  parts: { database: PolicyDatabase; redis: Redis; prepare: () => Promise<void> },
): void {
  const { database, redis, prepare } = parts;
  const { auditBacklogMax: backlogMax, auditRetentionDays } = kit.config;
  const store = createAuditStore(database);
  const replica = `${hostname()}:${randomUUID()}`;
  const inbox = createAuditInbox(redis, replica);
  const metrics = createAuditMetrics(kit.metrics, { count: inbox.count, backlogMax });
  const retention = createAuditRetention(auditRetentionDays);
  const drain = createAuditDrain({
    inbox,
    store,
    isKept: retention.isKept,
    onStored: metrics.recordStored,
    onRejected: (rejection) => logRejection(kit, rejection),
  });
  const close = createAuditClosing({
    storedUntilMs: inbox.storedUntilMs,
    closeCalls: (before, limit) => closeCalls(database, before, limit),
    onClosed: (calls) => {
      metrics.recordUnknown(calls);
      kit.logger.warn({ calls }, 'nobody told what came of calls that were allowed; closed as unknown');
    },
  });
  const watchBacklog = createBacklogWatch({
    fillRatio: async () => fillRatio(await inbox.count(), backlogMax),
    onHalfFull: (ratio) =>
      kit.logger.warn(
        { ratio },
        'half of what may wait of the audit trail waits: when all of it does, no call is allowed',
      ),
    onBack: (ratio) =>
      kit.logger.info({ ratio }, 'less than half of what may wait of the audit trail waits again'),
  });
  keepAuditTrail(kit, { database, inbox, retention, drain, close, watchBacklog, prepare });
  compareQuotas(kit, { database, redis, inbox, retention, replica, prepare });
}

function logRejection({ logger }: Kit, { delivery, error }: AuditRejection): void {
  const { stream, id } = delivery;
  logger.error(
    { err: error, stream: stream.rejectedKey, id },
    'an item of the audit trail cannot be stored, and was set aside',
  );
}
