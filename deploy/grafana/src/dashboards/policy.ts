import { dashboard } from '../dashboard.ts';
import { lines, number } from '../panels.ts';

const rate = (metric: string) => `rate(${metric}[$__rate_interval])`;
const quantile = (q: number, metric: string, by = '') =>
  `histogram_quantile(${q}, sum by (le${by}) (${rate(`${metric}_bucket`)}))`;

/** What is decided, who is refused, and whether it is kept. */
export const policy = dashboard({
  uid: 'gateway-policy',
  title: 'Gateway: policy',
  description: 'What is decided, who is refused, and whether all of it is kept.',
  since: '6h',
  sections: [
    {
      title: 'Decisions',
      panels: [
        number({
          title: 'Denied',
          unit: 'percentunit',
          queries: { denied: 'gateway:denials:ratio_rate10m' },
        }),
        number({
          title: 'Policies in memory are as of',
          unit: 's',
          queries: { ago: 'max(gateway_policy_snapshot_age_seconds)' },
        }),
        number({
          title: 'Counters that do not agree with the trail',
          unit: 'short',
          queries: { drift: 'sum(gateway_quota_drift) or vector(0)' },
        }),
        number({
          title: 'Items that could not be stored',
          unit: 'short',
          queries: { rejected: 'max(gateway_audit_rejected)' },
        }),
        lines({
          title: 'Decisions',
          unit: 'reqps',
          stacked: true,
          queries: {
            '{{decision}}': `sum by (decision) (${rate('gateway_policy_decision_duration_ms_count')})`,
          },
        }),
        lines({
          title: 'Time to decide, p95',
          unit: 'ms',
          queries: { '{{decision}}': quantile(0.95, 'gateway_policy_decision_duration_ms', ', decision') },
        }),
        lines({
          title: 'Denials by rule',
          unit: 'reqps',
          queries: { '{{reason}}': `sum by (reason) (${rate('gateway_policy_denials_total')})` },
        }),
        lines({
          title: 'Refused by quotas',
          unit: 'reqps',
          queries: {
            '{{tool}}:{{action}}': `sum by (tool, action) (${rate('gateway_quota_rejections_total')})`,
          },
        }),
      ],
    },
    {
      title: 'Tokens',
      panels: [
        lines({
          title: 'Tokens presented',
          unit: 'reqps',
          stacked: true,
          queries: { '{{result}}': `sum by (result) (${rate('gateway_token_validations_total')})` },
        }),
        lines({
          title: 'Tokens issued, agents registered',
          unit: 'reqps',
          queries: {
            tokens: `sum(${rate('gateway_token_generations_total')})`,
            agents: `sum(${rate('gateway_agent_creations_total')})`,
          },
        }),
        lines({
          title: 'Security events',
          unit: 'reqps',
          queries: { '{{event}}': `sum by (event) (${rate('gateway_security_events_total')})` },
        }),
        lines({
          title: 'Revocations',
          description: 'After 10 s without reading them no token is believed.',
          unit: 's',
          queries: {
            'last read, oldest replica': 'max(gateway_revocation_read_age_seconds)',
            'until applied, p95': `${quantile(0.95, 'gateway_revocation_propagation_seconds')} or vector(0)`,
          },
        }),
      ],
    },
    {
      title: 'The audit trail',
      panels: [
        lines({
          title: 'Items that wait for Postgres',
          unit: 'short',
          queries: { items: 'sum(gateway_audit_backlog)', room: 'max(gateway_audit_backlog_max)' },
        }),
        lines({
          title: 'Until an item is stored, p95',
          unit: 's',
          queries: { delay: quantile(0.95, 'gateway_audit_delay_seconds') },
        }),
      ],
    },
  ],
});
