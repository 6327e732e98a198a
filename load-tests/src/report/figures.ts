import type { Verdict } from '../mix/judge-answer.ts';
import type { CallRow } from '../record/call-row.ts';
import type { RecordedRun } from '../record/report-folder.ts';
import type { Happening, RunRecord } from '../record/run-record.ts';
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
  /** Calls per second, over the whole run and in its fullest second. */
  readonly averageRate: number;
  readonly peakRate: number;
  readonly recoveries: readonly Recovery[];
  /** Of the seconds in which calls ended that had to be allowed, those in which one was. */
  readonly servedShare: number;
}

/** How long calls went on failing after a fault had been taken back, or a service had been stopped. */
export interface Recovery {
  readonly after: string;
  readonly atMs: number;
  /** From then on until the last call began that failed; 0 of none. */
  readonly ms: number;
  readonly failed: number;
  /** Whether a call was allowed after that, before the next thing was done to the mesh. */
  readonly isComplete: boolean;
  /** From then on until the next thing was done. */
  readonly watchedMs: number;
}

export function computeFigures({ rows, record }: RecordedRun): Figures {
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
    peakRate: Math.max(0, ...countBySecond(rows).values()),
    recoveries: findRecoveries(rows, record),
    servedShare: servedShareOf(wanted),
  };
}

export const timesOf = (rows: readonly CallRow[]): Summary => summarise(rows.map(({ ms }) => ms));

/** Whether no adapter was asked: the cache, another call under way, or an idempotency key had the answer. */
const isKept = ({ attempts }: CallRow): boolean => attempts === 0;

function countBySecond(rows: readonly CallRow[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { endedMs } of rows) {
    const second = Math.floor(endedMs / 1_000);
    counts.set(second, (counts.get(second) ?? 0) + 1);
  }
  return counts;
}

function servedShareOf(wanted: readonly CallRow[]): number {
  const seconds = countBySecond(wanted);
  const served = countBySecond(wanted.filter(({ verdict }) => verdict === 'allowed'));
  return served.size / seconds.size;
}

export const isFailure = ({ verdict }: CallRow): boolean => verdict === 'failed' || verdict === 'broken';

function findRecoveries(rows: readonly CallRow[], { happenings, lastedMs }: RunRecord): Recovery[] {
  const done = happenings.filter(({ kind }) => kind !== 'ready again');
  return done.flatMap((happening, index) => {
    const after = whatEnds(happening, done.slice(0, index));
    if (after === undefined) return [];
    const { atMs } = happening;
    const untilMs = done[index + 1]?.atMs ?? lastedMs;
    const failed = rows.filter((row) => isFailure(row) && beganMs(row) >= atMs && beganMs(row) < untilMs);
    const ms = Math.max(0, ...failed.map((row) => beganMs(row) - atMs));
    const served = rows.some(
      (row) => row.verdict === 'allowed' && beganMs(row) > atMs + ms && beganMs(row) < untilMs,
    );
    return [{ after, atMs, ms, failed: failed.length, isComplete: served, watchedMs: untilMs - atMs }];
  });
}

const beganMs = ({ endedMs, ms }: CallRow): number => endedMs - ms;

function whatEnds({ kind, what }: Happening, before: readonly Happening[]): string | undefined {
  if (kind === 'restart') return `restart of ${what}`;
  const last = before.findLast((one) => one.kind !== 'restart');
  return kind === 'calm' && last?.kind === 'fault' ? last.what : undefined;
}
