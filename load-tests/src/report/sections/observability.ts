import type { Analysis } from '../analysis.ts';
import { count, notMeasured, percent } from '../cells.ts';
import { increase } from '../counters.ts';
import { type Block, heading, list, table, text } from '../document.ts';

/** Families that the report of August 2025 names. */
const families = [
  'gateway_agent_creations_total',
  'gateway_token_generations_total',
  'gateway_token_validations_total',
  'gateway_policy_denials_total',
  'gateway_token_expirations_total',
  'gateway_request_duration_ms_bucket',
  'gateway_requests_total',
];

export function observability({ run, after, figures }: Analysis): Block[] {
  const { before: beforeText, after: afterText, rows, record } = run;
  const growth = afterText.length / beforeText.length - 1;
  const names = new Set(after.map(({ name }) => name));
  const known = afterText !== '';
  const answered = rows.filter(({ outcome }) => !outcome.startsWith('no answer'));
  const named = answered.filter(({ outcome }) => outcome !== 'no correlation id').length;
  const events = increase(run.samples, 'gateway_security_events_total');
  const hasProcesses = run.samples.some(({ parts }) => parts.length > 0);
  const audited = record.audit?.reduce((sum, item) => sum + item.count, 0);
  return [
    heading(2, '7. Observability'),
    heading(3, '7.1 Metrics'),
    known
      ? text(
          `Size of all services' metrics: ${count(beforeText.length)} bytes before, ${count(afterText.length)} after (${percent(growth)} more). It says that there are more label values, not that anything is watched.`,
        )
      : text(`Metrics: ${notMeasured}.`),
    ...(known
      ? [list(...families.map((name) => `\`${name}\`: ${names.has(name) ? 'there' : '**missing**'}`))]
      : []),
    heading(3, '7.2 Logs and traces'),
    table(
      ['component', 'of', 'coverage'],
      [
        [
          'Correlation ids: answers with `X-Correlation-Id`',
          count(answered.length),
          percent(named / answered.length),
        ],
        [
          'Performance logging: lines about a call in the log of proxy-service',
          count(figures.total),
          record.loggedCalls === null ? notMeasured : count(record.loggedCalls),
        ],
        ['Audit trail: items', count(figures.total), count(audited)],
        [
          'Error logging: lines about a call with the code of its failure or denial, of calls that had one (those that the edge answered are in its own log)',
          count(rows.filter(({ verdict }) => verdict === 'denied' || verdict === 'failed').length),
          count(record.logged?.failures),
        ],
        [
          'Security event logging: lines of all services, of events that they counted',
          events === 0 && !hasProcesses ? notMeasured : count(events),
          count(sumOfValues(record.logged?.securityEvents)),
        ],
      ],
    ),
  ];
}

const sumOfValues = (counts: Readonly<Record<string, number>> | undefined): number | undefined =>
  counts && Object.values(counts).reduce((sum, value) => sum + value, 0);
