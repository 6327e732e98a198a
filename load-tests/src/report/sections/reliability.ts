import { isFailure } from '../../record/call-row.ts';
import type { Analysis } from '../analysis.ts';
import { atLeast, below, count, ms, notMeasured, percent, seconds, verdict } from '../cells.ts';
import { increase, increases } from '../counters.ts';
import { type Block, heading, list, table, text } from '../document.ts';
import { timesOf } from '../figures.ts';
import { type Recovery, recoveryTargetMs } from '../recoveries.ts';
import { consistencyOf, consistencyTable } from './consistency.ts';

export function reliability(analysis: Analysis): Block[] {
  return [
    heading(2, '6. Reliability and resilience'),
    ...availability(analysis),
    ...consistency(analysis),
    ...faultTolerance(analysis),
    ...chaos(analysis),
  ];
}

function availability(analysis: Analysis): Block[] {
  const { run, figures, parts } = analysis;
  const looks = run.samples;
  const ready = looks.filter(({ isReady }) => isReady).length / looks.length;
  const planned = run.record.happenings.filter(({ kind }) => kind === 'restart').length;
  const restarts = parts.length === 0 ? Number.NaN : parts.reduce((sum, part) => sum + part.restarts, 0);
  const slowest = greatest(figures.recoveries.map(recoveryMs));
  const known = greatest(figures.recoveries.map((recovery) => knownMs(recovery, 60_000)));
  const { share } = consistencyOf(analysis);
  return [
    heading(3, '6.1 System availability'),
    table(
      ['metric', 'result', 'target', 'status'],
      [
        [
          'Uptime: seconds in which a call began that was allowed, of those with calls',
          percent(figures.servedShare),
          '99.9 %+',
          verdict(figures.servedShare, atLeast(0.999)),
        ],
        [
          `Uptime: looks at which \`/ready\` answered 200, of ${looks.length}`,
          percent(ready),
          '99.9 %+',
          verdict(ready, atLeast(0.999)),
        ],
        [
          'Service restarts',
          Number.isNaN(restarts) ? notMeasured : `${restarts} (${planned} planned)`,
          '< 5',
          verdict(restarts, below(5)),
        ],
        ['Recovery time, the slowest', slowestInWords(slowest), '< 60 s', verdict(known, below(60_000))],
        ['Data consistency', percent(share), '100 %', verdict(share, atLeast(1))],
      ],
    ),
  ];
}

/** Infinite where nothing was carried out any more before the next thing was done to the mesh. */
const recoveryMs = ({ ms: failedForMs, isComplete }: Recovery): number =>
  isComplete ? failedForMs : Number.POSITIVE_INFINITY;

/** One that was not watched for as long as its target is no failure of it. */
const knownMs = (recovery: Recovery, targetMs: number): number =>
  recovery.isComplete || recovery.watchedMs >= targetMs ? recoveryMs(recovery) : Number.NaN;

const greatest = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : Math.max(...values);

function slowestInWords(slowest: number): string {
  if (Number.isNaN(slowest)) return notMeasured;
  return Number.isFinite(slowest) ? seconds(slowest) : 'longer than it was watched: section 6.3';
}

function consistency(analysis: Analysis): Block[] {
  const found = consistencyOf(analysis);
  if (found.rows.length === 0)
    return [text('Data consistency: not measured, because nobody but the load generator could be asked.')];
  return [
    text(
      'Data consistency, by who tells it. Calls that fail before they are decided (shed, or refused while a part is away) are not in the audit trail, so that it may tell of fewer failures; one that failed for its client may have been decided and carried out all the same, its answer being lost; attempts that failed may not have reached a provider.',
    ),
    table(['what', 'the first', 'the second', 'status'], consistencyTable(found)),
  ];
}

function faultTolerance({ run, parts }: Analysis): Block[] {
  const { samples, rows, record } = run;
  const known = parts.length > 0;
  const fast = timesOf(rows.filter(({ outcome }) => outcome === 'breaker.open'));
  const transitions = [...increases(samples, 'gateway_breaker_transitions_total')].filter(
    ([, value]) => value > 0,
  );
  const retries = increase(samples, 'gateway_retries_total');
  const audit = record.audit ?? [];
  const retriedWell = audit.reduce((sum, item) => sum + item.retriedWell, 0);
  return [
    heading(3, '6.2 Fault tolerance'),
    heading(4, '6.2.1 Circuit breaker'),
    list(
      `Activation time: ${activation(record)}`,
      `Fast-fail responses (\`breaker.open\`): ${fast.count === 0 ? 'none' : `${count(fast.count)}, p50 ${ms(fast.p50)}, p99 ${ms(fast.p99)}, max ${ms(fast.max)} (target: < 200 ms, ${verdict(fast.max, below(200))})`}`,
      `State transitions: ${known ? transitions.map(([label, value]) => `${label.replace('>', ' → ')} ${count(value)}`).join(', ') || 'none' : notMeasured}`,
    ),
    heading(4, '6.2.2 Retries'),
    list(
      `Retries: ${known ? count(retries) : notMeasured}`,
      `Calls that succeeded after more than one attempt: ${record.audit === null ? notMeasured : count(retriedWell)}`,
      'Exponential backoff: not seen from outside; tests of proxy-service hold it to its limits',
    ),
  ];
}

/** A breaker opens within the call whose failure reaches the threshold: in the time until that call is answered, at the latest. */
function activation({ logged }: Analysis['run']['record']): string {
  if (logged === null) return `${notMeasured} in this run`;
  const { length } = logged.openingMs;
  if (length === 0) return `${notMeasured}: no breaker was opened`;
  const most = Math.max(...logged.openingMs);
  return `${length} opening${length === 1 ? '' : 's'} in the log of proxy-service, each within the call whose failure reached the threshold; the latest of these calls was answered ${ms(most)} after it (target: < 200 ms, pass: the breaker is never later than the answer)`;
}

function chaos({ run, figures }: Analysis): Block[] {
  if (run.record.happenings.length === 0)
    return [heading(3, '6.3 Chaos'), text('Nothing was done to the mesh in this run: see a run of `chaos`.')];
  return [
    heading(3, '6.3 Chaos'),
    text(
      'Calls while it lasted: those that began between a fault and its being taken back, or a stop and the service being ready again. Recovery: from when a fault was taken back, or a service was told to stop, until the last call began that failed. A call that had no answer yet when the next thing was done to the mesh says nothing about it: it is counted as undecided alone.',
    ),
    table(
      [
        'what',
        'calls while it lasted',
        'allowed',
        'failed by a code',
        'recovery',
        'calls that failed in it',
        'undecided',
        'watched for',
        'target',
        'status',
      ],
      figures.recoveries.map(recoveryRow),
    ),
    table(
      ['failure', 'calls'],
      failureCounts(run.rows).map(([outcome, number]) => [`\`${outcome}\``, count(number)]),
    ),
  ];
}

function recoveryRow(recovery: Recovery): string[] {
  const { after, during, failed, isComplete, watchedMs, undecided } = recovery;
  const targetMs = recoveryTargetMs(after);
  return [
    after,
    count(during.length),
    count(during.filter((row) => row.verdict === 'allowed').length),
    count(during.filter(isFailure).length),
    isComplete ? seconds(recovery.ms) : `not within ${seconds(watchedMs)}`,
    count(failed),
    count(undecided),
    seconds(watchedMs),
    `< ${targetMs / 1_000} s`,
    verdict(knownMs(recovery, targetMs), below(targetMs)),
  ];
}

function failureCounts(rows: Analysis['run']['rows']): [string, number][] {
  const failed = rows.filter(isFailure);
  return [...Map.groupBy(failed, ({ outcome }) => outcome)]
    .map(([outcome, { length }]): [string, number] => [outcome, length])
    .sort(([, a], [, b]) => b - a);
}
