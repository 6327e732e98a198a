import type { Metrics } from '@4runr/service-kit/telemetry';
import type { ReplicaReading } from './store/read-trail.ts';

export interface AuditReplicaMetrics {
  /** Counts one read of the audit trail. */
  recordRead(reading: ReplicaReading): void;
}

/**
 * @param options.lagSeconds how long the replica has lacked something; `undefined` while that is not known
 * @param options.isFit whether it is asked
 */
export function createAuditReplicaMetrics(
  metrics: Metrics,
  { lagSeconds, isFit }: { lagSeconds: () => number | undefined; isFit: () => boolean },
): AuditReplicaMetrics {
  metrics.gauge({
    name: 'gateway_audit_replica_fit',
    help: 'Whether the replica answers reads of the audit trail: 0 while the primary does',
    collect() {
      this.set(isFit() ? 1 : 0);
    },
  });
  metrics.gauge({
    name: 'gateway_audit_replica_lag_seconds',
    help: 'At least how long the replica has lacked something that the primary has; NaN while that is not known',
    collect() {
      this.set(lagSeconds() ?? Number.NaN);
    },
  });
  const reads = metrics.counter({
    name: 'gateway_audit_replica_reads_total',
    help: 'Reads of the audit trail by what came of asking the replica; all but those answered were put to the primary',
    labelNames: ['result'],
  });
  for (const result of ['answered', 'failed', 'lagging', 'unreachable']) reads.inc({ result }, 0);
  return { recordRead: (result) => reads.inc({ result }) };
}
