import { setTimeout as delay } from 'node:timers/promises';
import type { Kit } from '@4runr/service-kit/lifecycle';

/** Most writes that are tried again at once: beyond it they are given up. */
const retriedMax = 10_000;

/** What has to be written, and cannot be answered for by failing: it is tried again for a moment, in the background. */
export interface PersistentWriter {
  /**
   * Never rejects: what cannot be written is told to the log.
   *
   * @param callId whom it is about
   * @returns when it is written, or has failed for the first time
   */
  write(callId: string, attempt: () => Promise<unknown>): Promise<void>;
}

export interface PersistentWriterOptions {
  /** Of what is waited for when the service stops. */
  readonly name: string;
  /** Said in the log of what was given up. */
  readonly lost: string;
  /** Before each further attempt, in milliseconds. */
  readonly pausesMs: readonly number[];
}

export function createPersistentWriter(
  kit: Pick<Kit, 'logger' | 'onClose'>,
  { name, lost, pausesMs }: PersistentWriterOptions,
): PersistentWriter {
  const pending = new Set<Promise<void>>();
  const closing = new AbortController();
  let retried = 0;

  async function retry(callId: string, attempt: () => Promise<unknown>, cause: unknown): Promise<void> {
    let error = cause;
    retried += 1;
    for (const pauseMs of retried > retriedMax ? [] : pausesMs) {
      // When the service stops there is no time to wait.
      await delay(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
      try {
        await attempt();
        retried -= 1;
        return;
      } catch (failure) {
        error = failure;
      }
    }
    retried -= 1;
    kit.logger.error({ err: error, call_id: callId }, lost);
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => pending.delete(tracked));
    pending.add(tracked);
  }

  kit.onClose(name, async () => {
    closing.abort();
    await Promise.all(pending);
  });

  return {
    write(callId, attempt) {
      const written = attempt().then(
        () => {},
        (error: unknown) => track(retry(callId, attempt, error)),
      );
      track(written);
      return written;
    },
  };
}
