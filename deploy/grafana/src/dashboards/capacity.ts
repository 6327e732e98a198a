import { dashboard } from '../dashboard.ts';
import { lines } from '../panels.ts';

const rate = (metric: string) => `rate(${metric}[$__rate_interval])`;

/** What the mesh runs short of first. */
export const capacity = dashboard({
  uid: 'gateway-capacity',
  title: 'Gateway: capacity',
  description: 'What the mesh runs short of first.',
  since: '24h',
  sections: [
    {
      title: 'Services',
      panels: [
        lines({
          title: 'CPU',
          description: 'One thread of a replica serves calls: near 1 it is full.',
          unit: 'short',
          queries: { '{{service}} {{instance}}': 'instance:process_cpu_seconds:rate5m' },
        }),
        lines({
          title: 'Memory',
          unit: 'bytes',
          queries: { '{{service}} {{instance}}': 'instance:process_resident_memory_bytes:avg15m' },
        }),
        lines({
          title: 'Event loop, p99 of its lag',
          description: 'From half a second on calls are turned away.',
          unit: 's',
          queries: { '{{service}}': 'max by (service) (nodejs_eventloop_lag_p99_seconds)' },
        }),
        lines({
          title: 'Calls in flight',
          unit: 'short',
          queries: { '{{instance}}': 'gateway_calls_in_flight' },
        }),
        lines({
          title: 'Jobs',
          unit: 'short',
          queries: { '{{status}}': 'max by (status) (gateway_jobs)' },
        }),
        lines({
          title: 'Until a job is begun, p95',
          unit: 's',
          queries: {
            wait: `histogram_quantile(0.95, sum by (le) (${rate('gateway_job_wait_seconds_bucket')}))`,
          },
        }),
      ],
    },
    {
      title: 'Stores',
      panels: [
        lines({
          title: 'Database connections in use',
          unit: 'percentunit',
          max: 1,
          queries: {
            '{{service}}':
              'max by (service) (gateway_db_pool_connections{state="used"}) / max by (service) (gateway_db_pool_connections_max)',
          },
        }),
        lines({
          title: 'Postgres: transactions',
          unit: 'reqps',
          queries: {
            committed: `sum(${rate('pg_stat_database_xact_commit')})`,
            'rolled back': `sum(${rate('pg_stat_database_xact_rollback')})`,
          },
        }),
        lines({
          title: 'Postgres: size',
          unit: 'bytes',
          queries: { '{{datname}}': 'max by (datname) (pg_database_size_bytes)' },
        }),
        lines({
          title: 'Redis: memory',
          unit: 'bytes',
          queries: {
            '{{job}}': 'max by (job) (redis_memory_used_bytes)',
            'room of {{job}}': 'max by (job) (redis_memory_max_bytes)',
          },
        }),
        lines({
          title: 'Redis: commands',
          unit: 'reqps',
          queries: { '{{job}}': `sum by (job) (${rate('redis_commands_processed_total')})` },
        }),
        lines({
          title: 'Redis: clients',
          unit: 'short',
          queries: { '{{job}}': 'max by (job) (redis_connected_clients)' },
        }),
      ],
    },
    {
      title: 'The edge',
      panels: [
        lines({
          title: 'Answers',
          unit: 'reqps',
          stacked: true,
          queries: { '{{origin}}': `sum by (origin) (${rate('gateway_edge_responses_total')})` },
        }),
        lines({
          title: 'Calls turned away',
          unit: 'reqps',
          queries: {
            '{{problem}}':
              'sum by (problem) (rate(gateway_failures_total{problem=~"overload.shed|rate.limited"}[$__rate_interval])) or vector(0)',
          },
        }),
      ],
    },
  ],
});
