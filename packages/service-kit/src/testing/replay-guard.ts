import type { DpopReplayGuard } from '../dpop/index.ts';
import { ProblemError } from '../errors/index.ts';

/** Remembers in this process what the state Redis remembers for all. */
export interface TestReplayGuard extends DpopReplayGuard {
  /** Id of the memory that begins with the guard. */
  readonly memoryId: string;
  /** Forgets what was used, as a Redis does that loses its data. @param atSeconds when that was, since the epoch */
  loseData(memoryId: string, atSeconds: number): void;
  /** Begins to refuse everything, or ends it. */
  setAway(isAway: boolean): void;
}

export function createTestReplayGuard(): TestReplayGuard {
  const used = new Set<string>();
  const memoryId = 'test';
  let memory = { id: memoryId, beganAtSeconds: 0 };
  let isAway = false;
  const assertThere = () => {
    if (isAway) throw new ProblemError('service.unavailable');
  };
  return {
    memoryId,
    async use({ jkt, jti }) {
      assertThere();
      const isNew = !used.has(`${jkt}.${jti}`);
      used.add(`${jkt}.${jti}`);
      return { isNew, memory };
    },
    async readMemory() {
      assertThere();
      return memory;
    },
    loseData(id, beganAtSeconds) {
      used.clear();
      memory = { id, beganAtSeconds };
    },
    setAway: (away) => {
      isAway = away;
    },
  };
}
