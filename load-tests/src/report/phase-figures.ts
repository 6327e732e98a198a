import type { RecordedRun } from '../record/report-folder.ts';
import { isFailure, timesOf } from './figures.ts';
import type { Summary } from './statistics.ts';
import { cpuUsedUs, momentsOf } from './usage.ts';

/** A phase in numbers. */
export interface PhaseFigures {
  readonly name: string;
  readonly fromSeconds: number;
  readonly seconds: number;
  /** Tasks per second that were to begin, at its begin and end. */
  readonly from: number;
  readonly to: number;
  /** Calls that ended in it, per second. */
  readonly rate: number;
  readonly allowed: Summary;
  readonly denied: number;
  readonly failed: number;
  /** Cores that the mesh used, and k6; undefined where processes could not be seen. */
  readonly meshCores: number | undefined;
  readonly generatorCores: number | undefined;
}

/** The phases that the run came to. */
export function computePhases({ record, rows, samples }: RecordedRun): PhaseFigures[] {
  let end = 0;
  const figures: PhaseFigures[] = [];
  for (const { name, seconds, from, to } of record.phases) {
    const begin = end;
    end += seconds;
    const own = rows.filter(({ endedMs }) => endedMs >= begin * 1_000 && endedMs < end * 1_000);
    if (own.length === 0) continue;
    const looks = momentsOf(samples, begin * 1_000, end * 1_000);
    figures.push({
      name,
      fromSeconds: begin,
      seconds,
      from,
      to,
      rate: own.length / seconds,
      allowed: timesOf(own.filter(({ verdict }) => verdict === 'allowed')),
      denied: own.filter(({ verdict }) => verdict === 'denied').length,
      failed: own.filter(isFailure).length,
      meshCores: coresOf(looks, (name) => !generators.includes(name)),
      generatorCores: coresOf(looks, (name) => name === 'k6'),
    });
    if (name === record.stoppedAt) break;
  }
  return figures;
}

/** Processes that are sampled and not the mesh's. */
export const generators: readonly string[] = ['k6', 'load runner'];

function coresOf(
  looks: ReturnType<typeof momentsOf>,
  isWanted: (part: string) => boolean,
): number | undefined {
  const { first, last } = looks;
  if (first === undefined || last === undefined || first === last || first.parts.length === 0)
    return undefined;
  return cpuUsedUs([first, last], isWanted) / ((last.atMs - first.atMs) * 1_000);
}
