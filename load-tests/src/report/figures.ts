import type { Verdict } from '../mix/judge-answer.ts';
import { beganMs, type CallRow } from '../record/call-row.ts';
import type { RecordedRun } from '../record/report-folder.ts';
import { findRecoveries, type Recovery } from './recoveries.ts';
import { type Summary, summarise } from './statistics.ts';

export const verdicts = ['allowed', 'denied', 'failed', 'broken'] as const satisfies readonly Verdict[];

/** What a report says in numbers of the calls of a run. */
export interface Figures {
  readonly total: number;
  readonly times: Readonly<Record<Verdict, Summary>>;
  /** Of the allowed: those that a provider has answered, and those that the cache or an idempotency key has. */
  readonly carriedOut: Summary;
  readonly keptAnswers: Summary;
  /** Of the calls that had to be allowed, those that were; NaN of none. */
  readonly successShare: number;
  /** Of the probes, those that were refused by their code; NaN of none. */
  readonly deniedShare: number;
  /** Calls that ended, per second, over the whole run and in its fullest second. */
  readonly averageRate: number;
  readonly peakRate: number;
  readonly recoveries: readonly Recovery[];
  /** Of the seconds in which calls began that had to be allowed, those in which one did that was: a second whose calls all hang is lost. */
  readonly servedShare: number;
}

export function computeFigures(run: RecordedRun): Figures {
  const { rows, record } = run;
  const of = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict);
  const allowed = of('allowed');
  const times = Object.fromEntries(verdicts.map((verdict) => [verdict, timesOf(of(verdict))]));
  const wanted = rows.filter(({ kind }) => kind !== 'probe');
  const probes = rows.filter(({ kind }) => kind === 'probe');
  return {
    total: rows.length,
    times: times as Record<Verdict, Summary>,
    carriedOut: timesOf(allowed.filter((row) => !isKept(row))),
    keptAnswers: timesOf(allowed.filter(isKept)),
    successShare: allowed.length / wanted.length,
    deniedShare: times.denied?.count === undefined ? Number.NaN : times.denied.count / probes.length,
    averageRate: rows.length / (record.lastedMs / 1_000),
    peakRate: Math.max(0, ...countBySecond(rows, endedMs).values()),
    recoveries: findRecoveries(run),
    servedShare: servedShareOf(wanted),
  };
}

export const timesOf = (rows: readonly CallRow[]): Summary => summarise(rows.map(({ ms }) => ms));

/** Whether no adapter was asked: the cache, another call under way, or an idempotency key had the answer. */
const isKept = ({ attempts }: CallRow): boolean => attempts === 0;

const endedMs = (row: CallRow): number => row.endedMs;

function countBySecond(rows: readonly CallRow[], atMs: (row: CallRow) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const second = Math.floor(atMs(row) / 1_000);
    counts.set(second, (counts.get(second) ?? 0) + 1);
  }
  return counts;
}

function servedShareOf(wanted: readonly CallRow[]): number {
  const allowed = wanted.filter(({ verdict }) => verdict === 'allowed');
  return countBySecond(allowed, beganMs).size / countBySecond(wanted, beganMs).size;
}
