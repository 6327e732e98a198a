import type { Analysis } from '../analysis.ts';
import {
  atLeast,
  atMost,
  below,
  cores,
  count,
  ms,
  notGiven,
  notMeasured,
  percent,
  rate,
  verdict,
} from '../cells.ts';
import { type Block, heading, list, table, text } from '../document.ts';
import { judgeRun } from '../judge-run.ts';
import { capacityGoals, findKnee, stepRate } from '../knee.ts';

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
  const { knee, withinGoal, atGoal, isGoalKept } = findKnee(phases);
  const { sustained, rate: goalRate, p99Ms } = capacityGoals;
  const rateOf = (phase: typeof knee) =>
    phase === undefined ? 'none' : `${count(stepRate(phase))}/s (${rate(phase.rate)} measured)`;
  // A run that was ended before the goal's rate could not keep up with less.
  const missedP99 = record.stoppedAt === null ? undefined : Number.POSITIVE_INFINITY;
  const goalP99 = isGoalKept ? atGoal?.allowed.p99 : missedP99;
  const stepSeconds = (phases.at(-1)?.seconds ?? 0).toFixed(0);
  return [
    table(
      ['capacity', 'result', 'goal', 'status', 'August 2025'],
      [
        [
          `Sustained with no failure: the highest step that was kept up with for its ${stepSeconds} s`,
          rateOf(knee),
          `≥ ${count(sustained)}/s`,
          verdict(knee === undefined ? 0 : stepRate(knee), atLeast(sustained)),
          '81.89/s on average, 120/s at its peak, nearly all of them refusals; more was not tried',
        ],
        [
          `p99 of allowed calls at ${count(goalRate)} calls/s`,
          atGoal === undefined
            ? 'the run did not come to it'
            : `${ms(atGoal.allowed.p99)}${isGoalKept ? '' : ', not kept up with'}`,
          `≤ ${p99Ms} ms`,
          verdict(goalP99, atMost(p99Ms)),
          'about 8 ms, of refusals at 120/s',
        ],
        [`The highest step kept up with whose p99 is at most ${p99Ms} ms`, rateOf(withinGoal), '', '', ''],
        ['Cores that the mesh used at the knee', cores(knee?.meshCores), '', '', ''],
        ['Cores that k6 used at the knee', cores(knee?.generatorCores), '', '', ''],
        [
          'Items of the audit trail that waited to be stored at its end: what grows cannot be sustained for long',
          count(knee?.auditBacklog),
          '',
          '',
          '',
        ],
      ],
    ),
    text(
      'A step is kept up with when at least 99 % of its tasks began, its calls ended at 95 % of its rate or more, and none failed. k6 takes its CPU from the same cores.',
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
