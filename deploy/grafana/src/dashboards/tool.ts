import { choice, dashboard } from '../dashboard.ts';
import { lines, prometheus } from '../panels.ts';

const ofTool = '{tool="$tool"}';
const rate = (metric: string) => `rate(${metric}${ofTool}[$__rate_interval])`;
const quantile = (q: number, metric: string) =>
  `histogram_quantile(${q}, sum by (le) (${rate(`${metric}_bucket`)}))`;

/** One tool: how it does, and what its provider does to it. */
export const tool = dashboard({
  uid: 'gateway-tool',
  title: 'Gateway: one tool',
  description: 'How a tool does, and what its provider does to it.',
  since: '6h',
  variables: [
    choice({
      name: 'tool',
      label: 'Tool',
      query: 'label_values(gateway_breaker_state, tool)',
      datasource: prometheus,
    }),
  ],
  sections: [
    {
      title: 'Calls',
      panels: [
        lines({
          title: 'Calls by status',
          unit: 'reqps',
          stacked: true,
          queries: { '{{action}} {{code}}': `sum by (action, code) (${rate('gateway_requests_total')})` },
        }),
        lines({
          title: 'Failures by problem',
          unit: 'reqps',
          queries: { '{{problem}}': `sum by (problem) (${rate('gateway_failures_total')})` },
        }),
        lines({
          title: 'Time to answer',
          unit: 'ms',
          queries: {
            p50: quantile(0.5, 'gateway_request_duration_ms'),
            p95: quantile(0.95, 'gateway_request_duration_ms'),
            p99: quantile(0.99, 'gateway_request_duration_ms'),
          },
        }),
        lines({
          title: 'Whose time it is, p95',
          unit: 'ms',
          queries: {
            provider: quantile(0.95, 'gateway_upstream_duration_ms'),
            gateway: quantile(0.95, 'gateway_overhead_duration_ms'),
          },
        }),
        lines({
          title: 'Denied',
          unit: 'reqps',
          queries: { '{{reason}}': `sum by (reason) (${rate('gateway_policy_denials_total')}) or vector(0)` },
        }),
        lines({
          title: 'Refused by quotas',
          unit: 'reqps',
          queries: { refused: `sum(${rate('gateway_quota_rejections_total')}) or vector(0)` },
        }),
      ],
    },
    {
      title: 'Its provider',
      panels: [
        lines({
          title: 'Circuit breaker',
          description: '0 closed, 1 half-open, 2 open.',
          unit: 'short',
          max: 2,
          queries: { '{{instance}}': `gateway_breaker_state${ofTool}` },
        }),
        lines({
          title: 'Attempts beyond the first, and attempts spared',
          unit: 'reqps',
          queries: {
            retries: `sum(${rate('gateway_retries_total')}) or vector(0)`,
            'not begun: breaker open': `sum(${rate('gateway_breaker_fastfail_total')}) or vector(0)`,
          },
        }),
        lines({
          title: 'Cache',
          unit: 'reqps',
          stacked: true,
          queries: { '{{result}}': `sum by (result) (${rate('gateway_cache_events_total')}) or vector(0)` },
        }),
        lines({
          title: 'Credential: time since the vault was heard',
          unit: 's',
          queries: { age: `max(gateway_credential_age_seconds${ofTool}) or vector(0)` },
        }),
        lines({
          title: 'Tokens of language models',
          unit: 'short',
          queries: {
            '{{model}} {{type}}': `sum by (model, type) (${rate('gateway_tokens_total')}) or vector(0)`,
          },
        }),
        lines({
          title: 'Cost per hour',
          unit: 'currencyUSD',
          queries: { cost: `3600 * sum(${rate('gateway_cost_usd_total')}) or vector(0)` },
        }),
      ],
    },
  ],
});
