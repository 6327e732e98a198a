import { setTimeout as delay } from 'node:timers/promises';
import type { Kit } from '@4runr/service-kit/lifecycle';

/**
 * Does the work again and again until the service stops; what is under way then is waited for.
 *
 * @param part what is told when it does not end in time
 * @param work must not reject; it answers how long to pause after it, in milliseconds
 */
export function repeatUntilStopped(kit: Kit, part: string, work: () => Promise<number>): void {
  const stop = new AbortController();
  const repeating = repeat(work, stop.signal);
  kit.onClose(part, () => {
    stop.abort();
    return repeating;
  });
}

async function repeat(work: () => Promise<number>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await delay(await work(), undefined, { signal }).catch(() => {});
}
