import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Kit } from '@4runr/service-kit/lifecycle';

/** How far this process is behind with what it has to do. */
export interface EventLoopWatch {
  /** Part of new work to turn away, from 0 to 1, so that the rest is done in time. */
  excess(): number;
}

const resolutionMs = 10;
const windowMs = 500;

/**
 * Looks at the delay that half of the turns of a half second had at least, and at the better of the last two: a collection of garbage
 * is one turn, loading the program at the start one half second, a process that cannot keep up stays behind.
 *
 * @param delayMaxMs where turning away begins; from the double of it on, everything is
 */
export function watchEventLoop(kit: Pick<Kit, 'onClose'>, delayMaxMs: number): EventLoopWatch {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  let [before, now] = [0, 0];
  delays.enable();
  const timer = setInterval(() => {
    const delayMs = delays.percentile(50) / 1_000_000 - resolutionMs;
    before = now;
    now = Math.min(1, Math.max(0, (delayMs - delayMaxMs) / delayMaxMs));
    delays.reset();
  }, windowMs);
  timer.unref();
  kit.onClose('event loop watch', () => {
    clearInterval(timer);
    delays.disable();
  });
  return { excess: () => Math.min(before, now) };
}
