import { type Counter, durationBucketsMs, type Histogram, type Metrics } from '@4runr/service-kit/telemetry';

export interface AuthMetrics {
  readonly agentCreations: Counter<never>;
  /** What operators and schedules changed, as it is relayed to the audit trail. */
  readonly operatorChanges: Counter<'action'>;
  /** Revocations by what they end: a token, or all that a client has got. */
  readonly revocations: Counter<'kind'>;
  readonly tokenGenerations: Counter<never>;
  readonly tokenRequestDuration: Histogram<'status'>;
}

export function createAuthMetrics(metrics: Metrics): AuthMetrics {
  return {
    agentCreations: metrics.counter({ name: 'gateway_agent_creations_total', help: 'Agents registered' }),
    operatorChanges: metrics.counter({
      name: 'gateway_operator_changes_total',
      help: 'Changes that operators and schedules made, by action, once each has been relayed to the audit trail',
      labelNames: ['action'],
    }),
    revocations: metrics.counter({
      name: 'gateway_revocations_total',
      help: 'Revocations decided, of one token or of all of a client',
      labelNames: ['kind'],
    }),
    tokenGenerations: metrics.counter({
      name: 'gateway_token_generations_total',
      help: 'Access tokens issued',
    }),
    tokenRequestDuration: metrics.histogram({
      name: 'gateway_token_request_duration_ms',
      help: 'Time to answer a request for a token, refused ones included',
      labelNames: ['status'],
      buckets: durationBucketsMs,
    }),
  };
}
