const firstDelayMs = 100;
const delayMsMax = 30_000;

/** A process that has served this long did not die of how it was started. */
const quickDeathMs = 3_000;

/**
 * How many deaths in a row came quickly, this one included: before the process was ready, or soon after its start. One that
 * has served and is then killed starts a new count, however often that happens.
 */
export function countQuickDeaths(before: number, life: { wasReady: boolean; livedMs: number }): number {
  return life.wasReady && life.livedMs >= quickDeathMs ? 1 : before + 1;
}

/** The wait before a process is started again, in milliseconds: doubled with each quick death, at most half a minute. */
export function restartDelayMs(quickDeaths: number): number {
  return Math.min(firstDelayMs * 2 ** (quickDeaths - 1), delayMsMax);
}
