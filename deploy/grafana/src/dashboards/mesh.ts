import { dashboard } from '../dashboard.ts';
import { lines, number, table } from '../panels.ts';

const rate = (metric: string, matchers = '') => `rate(${metric}${matchers}[$__rate_interval])`;

/** Whether agents are served, and which part is in the way if they are not. */
export const mesh = dashboard({
  uid: 'gateway-mesh',
  title: 'Gateway: the mesh',
  description: 'Whether agents are served, and which part is in the way if they are not.',
  since: '1h',
  sections: [
    {
      title: 'Calls',
      panels: [
        number({ title: 'Calls a second', unit: 'reqps', queries: { calls: 'gateway:requests:rate5m' } }),
        number({
          title: 'Failed by the gateway',
          description: 'Of the objective: 0.1 % within 30 days.',
          unit: 'percentunit',
          queries: { failed: 'gateway:failed_by_gateway:ratio_rate1h' },
        }),
        number({
          title: 'Answered 5xx',
          description: 'Providers’ failures included.',
          unit: 'percentunit',
          queries: { errors: 'gateway:errors:ratio_rate5m' },
        }),
        number({
          title: 'Overhead, p95',
          description: 'What the gateway itself takes.',
          unit: 'ms',
          queries: { overhead: 'gateway:overhead_duration_ms:p95_5m' },
        }),
        lines({
          title: 'Calls by status',
          unit: 'reqps',
          stacked: true,
          queries: { '{{code}}': `sum by (code) (${rate('gateway_requests_total')})` },
        }),
        lines({
          title: 'Failures by whose fault they are',
          unit: 'reqps',
          queries: { '{{fault}}': `sum by (fault) (${rate('gateway_failures_total')})` },
        }),
        lines({
          title: 'Overhead',
          unit: 'ms',
          queries: {
            p50: 'gateway:overhead_duration_ms:p50_5m',
            p95: 'gateway:overhead_duration_ms:p95_5m',
            p99: 'gateway:overhead_duration_ms:p99_5m',
          },
        }),
        lines({
          title: 'Calls by tool',
          unit: 'reqps',
          stacked: true,
          queries: { '{{tool}}:{{action}}': 'tool:gateway_requests:rate5m' },
        }),
      ],
    },
    {
      title: 'The edge and the parts',
      panels: [
        lines({
          title: 'Answers of the edge alone',
          description: 'No service has seen these requests.',
          unit: 'reqps',
          queries: {
            '{{code}}': `sum by (code) (${rate('gateway_edge_responses_total', '{origin="edge"}')})`,
          },
        }),
        lines({
          title: 'Circuit breakers',
          description: '0 closed, 1 half-open, 2 open; the worst of each tool.',
          unit: 'short',
          max: 2,
          queries: { '{{tool}}': 'max by (tool) (gateway_breaker_state)' },
        }),
        lines({
          title: 'Replicas that answer',
          unit: 'short',
          queries: { '{{job}}': 'sum by (job) (up{job=~".+-service|adapter-.+|edge"})' },
        }),
        lines({
          title: 'Stores that answer',
          unit: 'short',
          queries: { '{{job}}': 'min by (job) (redis_up)', postgres: 'min(pg_up)' },
        }),
        lines({
          title: 'Audit trail that waits for Postgres',
          description: 'As a share of its room. At 1 calls are refused.',
          unit: 'percentunit',
          queries: { 'the fullest stream': 'max(gateway_audit_backlog_ratio)' },
        }),
        table({
          title: 'Versions that run',
          queries: { versions: 'count by (service, version, node) (gateway_build_info)' },
        }),
      ],
    },
  ],
});
