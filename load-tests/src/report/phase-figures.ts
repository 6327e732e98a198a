import { beganMs, type CallRow, isFailure } from '../record/call-row.ts';
import type { RecordedRun } from '../record/report-folder.ts';
import { timesOf } from './figures.ts';
import type { Summary } from './statistics.ts';
import { cpuUsedUs, momentsOf } from './usage.ts';

/** A phase in numbers. What came of a call belongs to the phase that it began in, however long it took. */
export interface PhaseFigures {
  readonly name: string;
  readonly fromSeconds: number;
  readonly seconds: number;
  /** Tasks per second that were to begin, at its begin and end. */
  readonly from: number;
  readonly to: number;
  /** Tasks that began in it: those of its calls that are a task's first ones. */
  readonly tasks: number;
  /** Calls that ended in it, per second. */
  readonly rate: number;
  readonly allowed: Summary;
  readonly denied: number;
  readonly failed: number;
  /** Cores that the mesh used, and k6; undefined where processes could not be seen. */
  readonly meshCores: number | undefined;
  readonly generatorCores: number | undefined;
  /** Items of the audit trail that waited to be stored when it ended. */
  readonly auditBacklog: number | undefined;
}

/** The phases that the run came to. */
export function computePhases({ record, rows, samples }: RecordedRun): PhaseFigures[] {
  let end = 0;
  const figures: PhaseFigures[] = [];
  for (const { name, seconds, from, to } of record.phases) {
    const begin = end;
    end += seconds;
    const isWithin = (atMs: number) => atMs >= begin * 1_000 && atMs < end * 1_000;
    const own = rows.filter((row) => isWithin(beganMs(row)));
    const ended = rows.filter(({ endedMs }) => isWithin(endedMs)).length;
    if (own.length + ended === 0) continue;
    const looks = momentsOf(samples, begin * 1_000, end * 1_000);
    figures.push({
      name,
      fromSeconds: begin,
      seconds,
      from,
      to,
      tasks: own.filter(isTasksFirst).length,
      rate: ended / seconds,
      allowed: timesOf(own.filter(({ verdict }) => verdict === 'allowed')),
      denied: own.filter(({ verdict }) => verdict === 'denied').length,
      failed: own.filter(isFailure).length,
      meshCores: coresOf(looks, (name) => !generators.includes(name)),
      generatorCores: coresOf(looks, (name) => name === 'k6'),
      auditBacklog: looks.last?.auditBacklog,
    });
    if (name === record.stoppedAt) break;
  }
  return figures;
}

/** A chat is the second call of its task. */
const isTasksFirst = ({ kind, call }: CallRow): boolean => kind === 'first' && call !== 'openai/chat';

/** Processes that are sampled and not the mesh's. */
export const generators: readonly string[] = ['k6', 'load runner'];

function coresOf(
  looks: ReturnType<typeof momentsOf>,
  isWanted: (part: string) => boolean,
): number | undefined {
  const { first, last } = looks;
  if (first === undefined || last === undefined || first === last) return undefined;
  if (!first.parts.some(({ name }) => isWanted(name))) return undefined;
  return cpuUsedUs([first, last], isWanted) / ((last.atMs - first.atMs) * 1_000);
}
