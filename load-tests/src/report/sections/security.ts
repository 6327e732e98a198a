import type { Analysis } from '../analysis.ts';
import { count, notMeasured, percent } from '../cells.ts';
import { increase, increases } from '../counters.ts';
import { type Block, heading, table, text } from '../document.ts';

export function security(analysis: Analysis): Block[] {
  return [
    heading(2, '5. Security'),
    ...authentication(analysis),
    ...enforcement(analysis),
    ...events(analysis),
  ];
}

const seen = ({ parts }: Analysis) => parts.length > 0;
const counted = (analysis: Analysis, value: number) => (seen(analysis) ? count(value) : notMeasured);

function authentication(analysis: Analysis): Block[] {
  const { samples, record } = analysis.run;
  const validations = increases(samples, 'gateway_token_validations_total');
  const valid = [...validations]
    .filter(([result]) => result === 'valid')
    .reduce((sum, [, value]) => sum + value, 0);
  const others = [...validations].filter(([result, value]) => result !== 'valid' && value > 0);
  return [
    heading(3, '5.1 Authentication'),
    table(
      ['component', 'metric', 'result'],
      [
        ['Agent creation', 'agents of this run', count(record.agents.count)],
        ['Token generation', 'tokens of this run', count(record.agents.tokens)],
        ['Token validation', 'tokens found valid', counted(analysis, valid)],
        [
          'Token validation',
          'tokens not valid, by reason',
          seen(analysis)
            ? others.map(([result, value]) => `${result} ${count(value)}`).join(', ') || '0'
            : notMeasured,
        ],
        [
          'Token expiration',
          'calls refused because their token had expired',
          counted(analysis, increase(samples, 'gateway_token_expirations_total')),
        ],
      ],
    ),
    text(
      'Tokens are renewed before they expire: expirations above 0 are failed calls. In August 2025, 127,011 of 196,132 were expired.',
    ),
  ];
}

function enforcement(analysis: Analysis): Block[] {
  const { run, figures } = analysis;
  const decisions = increases(run.samples, 'gateway_policy_decision_duration_ms_count');
  const evaluations = [...decisions.values()].reduce((sum, value) => sum + value, 0);
  const denials = [...increases(run.samples, 'gateway_policy_denials_total').values()].reduce(
    (sum, value) => sum + value,
    0,
  );
  const probes = run.rows.filter(({ kind }) => kind === 'probe');
  const calls = [...new Set(probes.map(({ call }) => call))].sort();
  return [
    heading(3, '5.2 Authorisation'),
    table(
      ['policy type', 'evaluations', 'denials', 'enforcement rate'],
      [
        [
          'Tool access control: every call',
          counted(analysis, evaluations),
          counted(analysis, denials),
          `${percent(figures.deniedShare)} of the forbidden calls refused by their code`,
        ],
        [
          'Role-based permissions',
          count(probes.length),
          count(figures.times.denied.count),
          percent(figures.deniedShare),
        ],
        ['Resource authorisation (models, recipients, targets)', 'in the row above', '', ''],
      ],
    ),
    text('Denials by tool, of the probes; what each was refused as:'),
    table(
      ['tool/action', 'probes', 'denied', 'as', 'not denied'],
      calls.map((call) => {
        const own = probes.filter((row) => row.call === call);
        const denied = own.filter(({ verdict }) => verdict === 'denied');
        const codes = [...new Set(denied.map(({ outcome }) => `\`${outcome}\``))].join(', ');
        return [call, count(own.length), count(denied.length), codes, count(own.length - denied.length)];
      }),
    ),
  ];
}

const eventNames: Readonly<Record<string, string>> = {
  authentication_failure: 'Authentication failures',
  authorization_violation: 'Authorisation violations (properly denied)',
  token_tampering: 'Token tampering attempts',
  privilege_escalation: 'Privilege escalation attempts',
};

function events(analysis: Analysis): Block[] {
  const counts = increases(analysis.run.samples, 'gateway_security_events_total');
  return [
    heading(3, '5.3 Security events'),
    table(
      ['event', 'counted by all services'],
      Object.entries(eventNames).map(([event, name]) => [name, counted(analysis, counts.get(event) ?? 0)]),
    ),
  ];
}
