import type { Analysis } from '../analysis.ts';
import { atLeast, below, cores, ms, notGiven, notMeasured, percent, rate, verdict } from '../cells.ts';
import { type Block, heading, list, table, text } from '../document.ts';
import { judgeRun } from '../judge-run.ts';
import { findKnee } from '../knee.ts';

/** Sections 8 to 12, and what people have to fill in. */
export function judgements(analysis: Analysis): Block[] {
  return [
    ...compliance(analysis),
    ...risks(),
    ...recommendations(analysis),
    ...artifacts(),
    ...conclusion(analysis),
  ];
}

function compliance({ figures }: Analysis): Block[] {
  const { allowed } = figures.times;
  return [
    heading(2, '8. Compliance and standards'),
    heading(3, '8.1 Performance'),
    table(
      ['standard', 'requirement', 'result (allowed calls)', 'status'],
      [
        [
          'Web performance',
          '< 100 ms response time',
          `${ms(allowed.mean)} on average`,
          verdict(allowed.mean, below(100)),
        ],
        ['API standards', '< 50 ms p95', ms(allowed.p95), verdict(allowed.p95, below(50))],
        [
          'Enterprise SLA',
          '99.9 % availability',
          percent(figures.servedShare),
          verdict(figures.servedShare, atLeast(0.999)),
        ],
      ],
    ),
    heading(3, '8.2 Security'),
    table(
      ['standard', 'what there is', 'status'],
      [
        [
          'Authentication',
          'agents prove themselves by a key of their own (`private_key_jwt`); between services, an HMAC key per pair. This is not multi-factor authentication of people',
          `${notMeasured} by a load test`,
        ],
        ['Authorisation', 'every call decided by policy; section 5.2', 'see section 5.2'],
        [
          'Encryption in transit',
          'TLS at the edge; this run says in section 2.2 whether it used it',
          `${notMeasured} by a load test`,
        ],
      ],
    ),
  ];
}

function risks(): Block[] {
  return [
    heading(2, '9. Risk assessment'),
    text('Probability and impact are for people to judge; what this run has measured of each:'),
    table(
      ['risk', 'probability, impact', 'where this report tells of it'],
      [
        ['High load degradation', notGiven, '4.4, and a run of `capacity`'],
        ['Memory leaks', notGiven, '4.3, and a run of `soak`'],
        ['Database bottlenecks', notGiven, '4.3'],
        ['Token compromise', notGiven, 'not in a load test: `docs/proofs/revocation.md`'],
        ['Policy bypass', notGiven, '5.2'],
        ['Privilege escalation', notGiven, '5.3'],
        ['Service downtime', notGiven, '6.1, and a run of `chaos`'],
        ['Data loss', notGiven, '6.1; `docs/proofs/audit-loss.md`'],
        ['Configuration drift', notGiven, notMeasured],
      ],
    ),
  ];
}

function recommendations(analysis: Analysis): Block[] {
  return [
    heading(2, '10. Recommendations'),
    heading(3, '10.1 Production deployment'),
    text(`${notGiven}: this report has figures, people decide.`),
    heading(3, '10.2 Monitoring and alerting'),
    text(
      'Alerts are rules of Prometheus in `deploy/prometheus/`, each with what to do in `docs/runbooks/alerts.md`.',
    ),
    heading(3, '10.3 Scaling'),
    ...scaling(analysis),
  ];
}

function scaling({ phases, run: { record } }: Analysis): Block[] {
  if (record.scenario !== 'capacity')
    return [
      text(
        'Current capacity: not measured in this run; a run of `capacity` finds the knee, `docs/capacity.md` says what it means.',
      ),
    ];
  const { knee, within25Ms } = findKnee(phases);
  return [
    table(
      ['capacity', 'result', 'goal', 'status'],
      [
        [
          'Sustained with no failure: the highest step that was kept up with',
          rate(knee?.rate),
          '≥ 1,500/s',
          verdict(knee?.rate, atLeast(1_500)),
        ],
        [
          'The highest of these with a p99 of at most 25 ms',
          rate(within25Ms?.rate),
          '≥ 1,000/s',
          verdict(within25Ms?.rate, atLeast(1_000)),
        ],
        ['Cores that the mesh used at the knee', cores(knee?.meshCores), '', ''],
        ['Cores that k6 used at the knee', cores(knee?.generatorCores), '', ''],
      ],
    ),
  ];
}

function artifacts(): Block[] {
  return [
    heading(2, '11. Artifacts'),
    table(
      ['file', 'holds'],
      [
        ['`run.json`', 'everything about the run but what follows'],
        ['`calls.csv.gz`', 'every call: when it ended, how long it took, what came of it'],
        ['`samples.json.gz`', 'CPU and memory of every process, breakers, counters, over time'],
        [
          '`before.prom`, `after.prom`',
          'metrics of every service; `npm run load -- metrics-delta` compares them',
        ],
        ['`k6.log`', 'what k6 had to say; answers that must not be, whole'],
        ['`load-tests/src/mix/traffic-mix.ts`, `load-tests/src/scenarios/`', 'the calls, and their rates'],
      ],
    ),
  ];
}

function conclusion({ run }: Analysis): Block[] {
  const { isSound, sentences } = judgeRun(run);
  const categories = ['Performance', 'Security', 'Reliability', 'Observability', 'Scalability'];
  return [
    heading(2, '12. Conclusion'),
    heading(3, '12.1 Summary'),
    text(`The run was **${isSound ? 'sound' : 'not sound'}**. ${sentences.join(' ')}`),
    heading(3, '12.2 Production readiness'),
    text('Scores are not computed: nothing that a load test measures adds up to one.'),
    table(
      ['category', 'score'],
      categories.map((name) => [name, notGiven]),
    ),
    heading(3, '12.3 Final recommendation'),
    text(notGiven),
    heading(2, 'Approvals'),
    list('Test lead:', 'Technical lead:', 'Security lead:', 'Operations lead:'),
  ];
}
