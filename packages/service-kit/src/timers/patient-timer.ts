/**
 * Acts after so many milliseconds, but not on what has come already: after a pause of this process an answer, or a connection, may wait
 * to be read, and that comes between timers and immediates.
 *
 * @returns the timer, to be cleared when there is nothing more to wait for; an act whose time is up is not taken back by that
 */
export function startPatientTimer(act: () => void, ms: number): NodeJS.Timeout {
  return setTimeout(() => setImmediate(act), ms);
}
