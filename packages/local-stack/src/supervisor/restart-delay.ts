const firstDelayMs = 100;
const delayMsMax = 30_000;

/** A process that lived this long did not die of how it was started. */
const quickDeathMs = 30_000;

/** How many deaths in a row came quickly, this one included. */
export function countQuickDeaths(before: number, livedMs: number): number {
  return livedMs < quickDeathMs ? before + 1 : 1;
}

/** The wait before a process is started again, in milliseconds: doubled with each quick death, at most half a minute. */
export function restartDelayMs(quickDeaths: number): number {
  return Math.min(firstDelayMs * 2 ** (quickDeaths - 1), delayMsMax);
}
