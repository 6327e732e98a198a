const firstDelayMs = 100;
const delayMsMax = 30_000;

/** A process that has served this long did not die of how it was started. */
const quickDeathMs = 3_000;

/** What does start waits 0.8 s at most, so that it heals within five seconds however often it is killed. */
const quickDeathsOfStartingMax = 4;

/** How a process lived. */
export interface Life {
  readonly wasReady: boolean;
  /** Whether it was ended by SIGKILL: somebody else's doing, whenever it comes. */
  readonly wasKilled: boolean;
  readonly livedMs: number;
}

/**
 * How many deaths in a row came quickly, this one included: before the process was ready, or soon after its start. One that
 * has served and is then killed starts a new count, however often that happens; one that can start but does not live long
 * is counted up to {@link quickDeathsOfStartingMax}, one that cannot start without end.
 */
export function countQuickDeaths(before: number, { wasReady, wasKilled, livedMs }: Life): number {
  if (wasReady && livedMs >= quickDeathMs) return 1;
  return wasReady || wasKilled ? Math.min(before + 1, quickDeathsOfStartingMax) : before + 1;
}

/** The wait before a process is started again, in milliseconds: doubled with each quick death, at most half a minute. */
export function restartDelayMs(quickDeaths: number): number {
  return Math.min(firstDelayMs * 2 ** (quickDeaths - 1), delayMsMax);
}
