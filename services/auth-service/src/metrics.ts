import { type Counter, durationBucketsMs, type Histogram, type Metrics } from '@4runr/service-kit/telemetry';

export interface AuthMetrics {
  readonly agentCreations: Counter<never>;
  readonly tokenGenerations: Counter<never>;
  readonly tokenRequestDuration: Histogram<'status'>;
}

export function createAuthMetrics(metrics: Metrics): AuthMetrics {
  return {
    agentCreations: metrics.counter({ name: 'gateway_agent_creations_total', help: 'Agents registered' }),
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
