import { partitionCount } from '@4runr/contracts/partition';
import type { Metrics } from '@4runr/service-kit/telemetry';
import type { AuditEntry } from './domain/audit-trail.ts';
import type { AuditCount, RedisAuditInbox } from './store/redis-audit-inbox.ts';

export interface AuditMetrics {
  /** Counts an item that can be read from now on. */
  recordStored(entry: AuditEntry): void;
  /** Counts calls that are closed without their outcome. */
  recordUnknown(calls: number): void;
}

/**
 * @param options.count how much waits; while that cannot be known, the gauges stay at what was known last
 * @param options.backlogMax how much may wait
 */
export function createAuditMetrics(
  metrics: Metrics,
  { count, backlogMax }: { count: RedisAuditInbox['count']; backlogMax: number },
): AuditMetrics {
  const delay = metrics.histogram({
    name: 'gateway_audit_delay_seconds',
    help: 'Time from what an item tells until the item could be read; the count is the number of items',
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 600, 3_600],
  });
  metrics.gauge({
    name: 'gateway_audit_backlog',
    help: 'Items of the audit trail that wait in the streams to be stored; the same from every replica',
    async collect() {
      await count()
        .then(({ waiting }) => this.set(waiting))
        .catch(() => {});
    },
  });
  metrics
    .gauge({
      name: 'gateway_audit_backlog_max',
      help: 'Most items of the audit trail that may wait in all streams together (AUDIT_BACKLOG_MAX)',
    })
    .set(backlogMax);
  metrics.gauge({
    name: 'gateway_audit_backlog_ratio',
    help: 'Share of its room that the fullest of the streams has taken: at 1 calls that lead to it are not allowed',
    async collect() {
      await count()
        .then((counted) => this.set(fillRatio(counted, backlogMax)))
        .catch(() => {});
    },
  });
  metrics.gauge({
    name: 'gateway_audit_rejected',
    help: 'Messages that could not be stored and were set aside for people; the same from every replica',
    async collect() {
      await count()
        .then(({ rejected }) => this.set(rejected))
        .catch(() => {});
    },
  });
  const unknown = metrics.counter({
    name: 'gateway_audit_unknown_total',
    help: 'Allowed calls that were closed as unknown, since nobody told what came of them',
  });
  return {
    recordStored: ({ at }) => delay.observe(Math.max(0, Date.now() - at.getTime()) / 1_000),
    recordUnknown: (calls) => unknown.inc(calls),
  };
}

/** Share of its room that the fullest of the streams has taken. */
export function fillRatio({ fullest }: AuditCount, backlogMax: number): number {
  return fullest / (backlogMax / partitionCount);
}
