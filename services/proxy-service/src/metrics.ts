import { type Counter, durationBucketsMs, type Histogram, type Metrics } from '@4runr/service-kit/telemetry';
import type { Capacity } from './domain/capacity.ts';

export interface ProxyMetrics {
  readonly requests: Counter<'tool' | 'action' | 'code'>;
  readonly failures: Counter<'tool' | 'action' | 'problem' | 'fault'>;
  readonly durationMs: Histogram<'tool' | 'action'>;
  readonly overheadMs: Histogram<'tool' | 'action'>;
  readonly auditDropped: Counter<'reason'>;
}

/** Tells how many calls there are whenever it is asked. */
export function exposeCapacity(metrics: Metrics, capacity: Capacity): void {
  metrics.gauge({
    name: 'gateway_calls_in_flight',
    help: 'Calls that this replica carries now',
    collect() {
      this.set(capacity.inFlight);
    },
  });
}

export function createProxyMetrics(metrics: Metrics): ProxyMetrics {
  const perAction = { labelNames: ['tool', 'action'] as const, buckets: durationBucketsMs };
  return {
    requests: metrics.counter({
      name: 'gateway_requests_total',
      help: 'Calls by tool, action and HTTP status of the answer (499: the client had gone)',
      labelNames: ['tool', 'action', 'code'],
    }),
    failures: metrics.counter({
      name: 'gateway_failures_total',
      help: 'Calls answered with a problem, by its code and by whose fault it is: client, policy, platform or upstream',
      labelNames: ['tool', 'action', 'problem', 'fault'],
    }),
    durationMs: metrics.histogram({
      name: 'gateway_request_duration_ms',
      help: 'Time from a call to its answer, in milliseconds',
      ...perAction,
    }),
    overheadMs: metrics.histogram({
      name: 'gateway_overhead_duration_ms',
      help: 'Time of a call less the time that its provider took, in milliseconds: what the gateway itself costs',
      ...perAction,
    }),
    auditDropped: metrics.counter({
      name: 'gateway_audit_dropped_total',
      help: 'Calls refused before a decision that the audit trail does not tell of: too much waits to be stored, or Redis is away',
      labelNames: ['reason'],
    }),
  };
}
