import type { Analysis } from '../analysis.ts';
import { isService } from '../analysis.ts';
import { atLeast, atMost, below, cores, count, ms, notMeasured, percent, rate, verdict } from '../cells.ts';
import { increases } from '../counters.ts';
import { type Block, heading, table, text } from '../document.ts';
import type { Summary } from '../statistics.ts';

export function performanceResults(analysis: Analysis): Block[] {
  return [
    heading(2, '4. Performance'),
    ...responseTimes(analysis),
    ...throughput(analysis),
    ...resources(analysis),
    ...byPhase(analysis),
  ];
}

interface Goal {
  readonly name: string;
  readonly of: (summary: Summary) => number;
  /** Milliseconds: what the old report asked for, what it measured (of refusals), and what we ask for. */
  readonly old: number;
  readonly oldResult: string;
  /** Refusals of the old gateway on a machine like the goals', at 120 a second. */
  readonly oldHere: string;
  readonly ours: number;
  /** Whether ours is below that, and not at most. */
  readonly isOursBelow: boolean;
}

const goals: readonly Goal[] = [
  {
    name: 'Mean response time',
    of: ({ mean }) => mean,
    old: 15,
    oldResult: '2.94 ms',
    oldHere: '1.14 ms',
    ours: 1.5,
    isOursBelow: false,
  },
  {
    name: '95th percentile',
    of: ({ p95 }) => p95,
    old: 35,
    oldResult: '3.82 ms',
    oldHere: '2.47 ms',
    ours: 3,
    isOursBelow: false,
  },
  {
    name: '99th percentile',
    of: ({ p99 }) => p99,
    old: 60,
    oldResult: 'about 8 ms',
    oldHere: '5.37 ms',
    ours: 6,
    isOursBelow: false,
  },
  {
    name: 'Maximum response time',
    of: ({ max }) => max,
    old: 1_000,
    oldResult: '313.38 ms',
    oldHere: '23 ms',
    ours: 300,
    isOursBelow: true,
  },
];

function responseTimes({ figures, run: { record } }: Analysis): Block[] {
  const { allowed, denied, failed } = figures.times;
  return [
    heading(3, '4.1 Response times'),
    text(
      'Of allowed calls. The report of August 2025 measured refusals: at most 0.3 % of its calls can have been allowed. The goals are for the rates of `primary`.',
    ),
    table(
      [
        'metric',
        'allowed calls',
        'target',
        'status',
        'goal',
        'status',
        'August 2025 (refusals)',
        'its gateway on two cores (refusals, 120/s)',
      ],
      goals.map(({ name, of, old, oldResult, oldHere, ours, isOursBelow }) => [
        name,
        ms(of(allowed)),
        `< ${old} ms`,
        verdict(of(allowed), below(old)),
        `${isOursBelow ? '<' : '≤'} ${ours} ms`,
        record.scenario === 'primary' ? verdict(of(allowed), isOursBelow ? below(ours) : atMost(ours)) : '',
        oldResult,
        oldHere,
      ]),
    ),
    table(
      ['calls', 'number', 'mean', 'p50', 'p95', 'p99', 'max'],
      [
        timesRow('allowed', allowed),
        timesRow('allowed: carried out by a provider', figures.carriedOut),
        timesRow('allowed: answered by what was kept', figures.keptAnswers),
        timesRow('denied, as they had to be', denied),
        timesRow('failed by a code', failed),
        timesRow('answered otherwise', figures.times.broken),
      ],
    ),
  ];
}

function timesRow(name: string, { count: number, mean, p50, p95, p99, max }: Summary): string[] {
  const cell = (value: number) => (number === 0 ? '' : ms(value));
  return [name, count(number), cell(mean), cell(p50), cell(p95), cell(p99), cell(max)];
}

function throughput({ figures, run: { record } }: Analysis): Block[] {
  const { allowed, denied } = figures.times;
  const handled = (allowed.count + denied.count) / figures.total;
  return [
    heading(3, '4.2 Throughput'),
    table(
      ['metric', 'result', 'target', 'status', 'August 2025'],
      [
        ['Average RPS', rate(figures.averageRate), '50+', verdict(figures.averageRate, atLeast(50)), '81.89'],
        ['Peak RPS', rate(figures.peakRate), '100+', verdict(figures.peakRate, atLeast(100)), '120'],
        ['Total requests', count(figures.total), 'none', '', '202,280'],
        [
          'Request success rate: allowed, of those that had to be',
          percent(figures.successShare),
          '99.5 %+',
          verdict(figures.successShare, atLeast(0.995)),
          'at most 0.3 %',
        ],
        [
          'The same as August 2025 counted it: denials that had to be are successes',
          percent(handled),
          '99.5 %+',
          verdict(handled, atLeast(0.995)),
          '100 %',
        ],
        [
          'Tasks that k6 could not begin in time',
          count(record.generator.notBegun),
          '0',
          verdict(record.generator.notBegun, atMost(0)),
          'not told',
        ],
      ],
    ),
  ];
}

function resources({ run, parts, generators, figures }: Analysis): Block[] {
  const { samples, record } = run;
  const connections = samples.map(({ dbConnections }) => dbConnections);
  const bytes = record.generator.bytesSent + record.generator.bytesReceived;
  const services = parts.filter(isService);
  const sum = (of: (part: (typeof parts)[number]) => number, those = services) =>
    those.reduce((total, part) => total + of(part), 0);
  const seen = parts.length > 0;
  const perCall = (cpuUs: number) => `${(cpuUs / figures.total).toFixed(0)} µs`;
  const stage = (of: (part: (typeof parts)[number]) => number) =>
    seen ? `${count(sum(of))} MiB` : notMeasured;
  return [
    heading(3, '4.3 Resource utilisation'),
    table(
      ['resource', 'peak', 'before the load', 'after it'],
      [
        [
          'Memory (RSS), all services',
          stage(({ peak }) => peak),
          stage(({ before }) => before),
          stage(({ after }) => after),
        ],
        [
          'CPU, all of the mesh',
          seen ? cores(sum(({ peakCores }) => peakCores, [...parts])) : notMeasured,
          '',
          '',
        ],
        [
          'Database connections',
          seen ? count(Math.max(...connections)) : notMeasured,
          seen ? count(connections[0]) : notMeasured,
          seen ? count(connections.at(-1)) : notMeasured,
        ],
        [
          'Network bandwidth at the edge',
          `${(bytes / 2 ** 20 / (record.lastedMs / 60_000)).toFixed(2)} MiB/min on average`,
          '',
          '',
        ],
      ],
    ),
    ...(seen
      ? [
          table(
            [
              'part',
              'CPU, mean',
              'CPU, peak',
              'CPU per call',
              'MiB before',
              'MiB peak',
              'MiB after',
              'restarts',
            ],
            [...parts, ...generators].map((part) => [
              part.name,
              cores(part.meanCores),
              cores(part.peakCores),
              perCall(part.cpuUs),
              count(part.before),
              count(part.peak),
              count(part.after),
              count(part.restarts),
            ]),
          ),
          text(
            `All of the mesh: ${perCall(sum(({ cpuUs }) => cpuUs, [...parts]))} of CPU per call, of every process, what it does while idle included.`,
          ),
        ]
      : []),
    cacheRow(run.samples),
  ];
}

function cacheRow(samples: Analysis['run']['samples']): Block {
  const results = [...increases(samples, 'gateway_cache_events_total')].filter(([, value]) => value > 0);
  const total = results.reduce((all, [, value]) => all + value, 0);
  if (total === 0) return text('Cache: no call of an action with a cache was counted.');
  const hits = results.filter(([name]) => ['hit', 'stale', 'stale_if_error', 'collapsed'].includes(name));
  const share = hits.reduce((all, [, value]) => all + value, 0) / total;
  return text(
    `Cache: ${percent(share)} of ${count(total)} calls of actions that have one were answered by it (${results.map(([name, value]) => `${name} ${count(value)}`).join(', ')}).`,
  );
}

function byPhase({ phases }: Analysis): Block[] {
  return [
    heading(3, '4.4 Phase by phase'),
    text('Calls per second are those that ended in a phase; all else is of the calls that began in it.'),
    table(
      [
        'phase',
        'tasks/s',
        'calls/s',
        'allowed',
        'denied',
        'failed',
        'p50',
        'p95',
        'p99',
        'max',
        'mesh',
        'k6',
      ],
      phases.map(({ name, from, to, rate: measured, allowed, denied, failed, meshCores, generatorCores }) => [
        name,
        from === to ? `${from}` : `${from} → ${to}`,
        measured.toFixed(1),
        count(allowed.count),
        count(denied),
        count(failed),
        ms(allowed.p50),
        ms(allowed.p95),
        ms(allowed.p99),
        ms(allowed.max),
        cores(meshCores),
        cores(generatorCores),
      ]),
    ),
  ];
}
