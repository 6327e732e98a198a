import { setTimeout as delay } from 'node:timers/promises';
import { createAbsenceLog } from '../telemetry/index.ts';
import type { Kit } from './kit.ts';

export interface RepeatedWork {
  /** What the work is called in the log and when closing, e.g. `relay of changes`. */
  readonly name: string;
  /** Pause between the end of one run and the beginning of the next, in milliseconds. */
  readonly everyMs: number;
  /** How far a pause may be from that, as a share of it, so that replicas do not work in step. Default 0. */
  readonly jitter?: number;
  /** May reject: then it is tried again after the same pause. */
  run(): Promise<void>;
}

/**
 * Does something again and again in the background, at once for the first time, until the service closes; closing waits
 * for the run under way. Of failures in a row the first is logged, and the end of the row; until the first success quietly
 * for a while, since what the work needs may still be starting.
 */
export function repeatUntilClosed(kit: Pick<Kit, 'logger' | 'onClose'>, work: RepeatedWork): void {
  const stop = new AbortController();
  const ended = repeat(kit, work, stop.signal);
  kit.onClose(work.name, () => {
    stop.abort();
    return ended;
  });
}

async function repeat(
  { logger }: Pick<Kit, 'logger'>,
  { name, everyMs, jitter = 0, run }: RepeatedWork,
  signal: AbortSignal,
): Promise<void> {
  const absence = createAbsenceLog(logger);
  while (!signal.aborted) {
    try {
      await run();
      absence.present({ work: name }, 'background work goes on');
    } catch (error) {
      absence.away({ err: error, work: name }, 'background work failed');
    }
    const pauseMs = everyMs * (1 + jitter * (2 * Math.random() - 1));
    await delay(pauseMs, undefined, { signal }).catch(() => {});
  }
}
