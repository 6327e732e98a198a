import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import type { ReplayMemory } from '@4runr/service-kit/replay-memory';

/** Between two looks, in milliseconds. */
const everyMs = 500;

/**
 * Begins the memory of used assertions and proofs where Redis has lost it, before anybody asks: what is made from the next
 * second on serves then. At the first start of all nothing can have been used, so that everything serves at once.
 */
export function keepReplayMemory(
  kit: Kit,
  { replayMemory, isFirstStart }: { replayMemory: ReplayMemory; isFirstStart: boolean },
): void {
  let isUnused = isFirstStart;
  repeatUntilClosed(kit, {
    name: 'memory of used assertions',
    everyMs,
    async run() {
      await replayMemory.begin(isUnused ? 0 : undefined);
      isUnused = false;
    },
  });
}
