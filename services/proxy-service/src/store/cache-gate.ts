import type { Kit } from '@4runr/service-kit/lifecycle';
import { createAbsenceLog } from '@4runr/service-kit/telemetry';

/** Keeps calls from waiting for a cache that does not answer in time. */
export interface CacheGate {
  /** Whether the cache is asked now. */
  isOpen(): boolean;
  /** What the command answers; `undefined` where it fails, or is not even tried because one has failed. Never rejects. */
  pass<T>(command: () => Promise<T>): Promise<T | undefined>;
}

/** How long nothing is asked after a failure, in milliseconds; then a probe decides that no call waits for. */
const restMs = 1_000;

/** @param probe succeeds when the cache answers in time */
export function createCacheGate(
  kit: Pick<Kit, 'logger' | 'onClose'>,
  probe: () => Promise<unknown>,
): CacheGate {
  const absence = createAbsenceLog(kit.logger);
  let timer: NodeJS.Timeout | undefined;
  let isClosing = false;

  function shut(error: unknown): void {
    if (timer !== undefined || isClosing) return;
    absence.away({ err: error }, 'the cache of answers does not answer in time: calls go on without it');
    timer = setTimeout(tryAgain, restMs);
  }

  function tryAgain(): void {
    probe().then(
      () => {
        timer = undefined;
        absence.present({}, 'the cache of answers is asked again');
      },
      (error: unknown) => {
        timer = undefined;
        shut(error);
      },
    );
  }

  kit.onClose('cache gate', () => {
    isClosing = true;
    clearTimeout(timer);
  });

  return {
    isOpen: () => timer === undefined,
    async pass(command) {
      if (timer !== undefined) return undefined;
      try {
        return await command();
      } catch (error) {
        shut(error);
        return undefined;
      }
    },
  };
}
