import { beganMs, type CallRow, isFailure } from '../record/call-row.ts';
import type { RecordedRun } from '../record/report-folder.ts';
import type { Happening } from '../record/run-record.ts';

/** A disturbance, and how long calls went on failing after it: after a fault had been taken back, or a service had been told to stop. */
export interface Recovery {
  readonly after: string;
  /** Milliseconds from the begin of the load until the fault began to be taken back, or the service was told to stop. */
  readonly atMs: number;
  /** From then on until the last call began that failed; 0 of none. */
  readonly ms: number;
  readonly failed: number;
  /** Whether a call was begun after that and allowed, before the next thing was done to the mesh. */
  readonly isComplete: boolean;
  /** From then on until the next thing was done, or the load ended. */
  readonly watchedMs: number;
  /**
   * Calls begun in this time that had no answer yet when the next thing was done: they may have been hit by that, and are counted
   * neither as failed nor as allowed.
   */
  readonly undecided: number;
  /** Calls that began while it lasted: between a fault and its being taken back, a stop and the service being ready again. */
  readonly during: readonly CallRow[];
}

const targets: readonly (readonly [RegExp, number])[] = [
  [/timeouts/, 5_000],
  [/HTTP 500/, 10_000],
  [/latency/, 15_000],
];

/** Milliseconds that the report of August 2025 allows for the recovery from a fault of this name; of everything else, a minute. */
export function recoveryTargetMs(after: string): number {
  return targets.find(([pattern]) => pattern.test(after))?.[1] ?? 60_000;
}

/** In the order in which they happened. A fault that was not taken back has none. */
export function findRecoveries({ rows, record: { happenings, lastedMs } }: RecordedRun): Recovery[] {
  const done = happenings.filter(({ kind }) => kind !== 'ready again');
  return done.flatMap((happening, index) => {
    const { kind, what, atMs } = happening;
    const untilMs = done[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const watched = { atMs, watchedMs: Math.min(untilMs, lastedMs) - atMs, ...after(rows, atMs, untilMs) };
    if (kind === 'restart') {
      const readyMs = happenings.find((one) => isReadyAgain(one, happening))?.atMs ?? untilMs;
      return [{ after: `restart of ${what}`, during: begunWithin(rows, atMs, readyMs), ...watched }];
    }
    const fault = done.slice(0, index).findLast((one) => one.kind !== 'restart');
    if (kind !== 'calm' || fault?.kind !== 'fault') return [];
    return [{ after: fault.what, during: begunWithin(rows, fault.atMs, atMs), ...watched }];
  });
}

function isReadyAgain({ kind, what, atMs }: Happening, restart: Happening): boolean {
  return kind === 'ready again' && what === restart.what && atMs >= restart.atMs;
}

function after(rows: readonly CallRow[], atMs: number, untilMs: number) {
  const begun = begunWithin(rows, atMs, untilMs);
  const decided = begun.filter(({ endedMs }) => endedMs < untilMs);
  const failed = decided.filter(isFailure);
  const ms = Math.max(0, ...failed.map((row) => beganMs(row) - atMs));
  const isComplete = decided.some((row) => row.verdict === 'allowed' && beganMs(row) > atMs + ms);
  return { ms, failed: failed.length, isComplete, undecided: begun.length - decided.length };
}

function begunWithin(rows: readonly CallRow[], fromMs: number, toMs: number): CallRow[] {
  return rows.filter((row) => beganMs(row) >= fromMs && beganMs(row) < toMs);
}
