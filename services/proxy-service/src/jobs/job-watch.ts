import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import type { JobStore } from '../domain/job.ts';

/** Knows when something happens to jobs, at whichever replica. */
export interface JobWatch {
  /**
   * @param told events of the job that are known
   * @returns true when there are more, or the job is forgotten; false when there are none after so long
   * @throws the signal's reason
   */
  changed(
    jobId: string,
    options: { readonly told: number; readonly withinMs: number; readonly signal: AbortSignal },
  ): Promise<boolean>;
}

/** How often it is looked, in milliseconds. */
const everyMs = 250;

interface Waiter {
  readonly jobId: string;
  readonly told: number;
  wake(hasChanged: boolean): void;
}

/** One question for all that wait, and none while nobody does. Where jobs cannot be read, all wait on. */
export function watchJobs(
  kit: Pick<Kit, 'logger' | 'onClose'>,
  store: Pick<JobStore, 'countEvents'>,
): JobWatch {
  const waiters = new Set<Waiter>();
  repeatUntilClosed(kit, {
    name: 'watch of jobs',
    everyMs,
    run: async () => {
      if (waiters.size === 0) return;
      const asked = [...waiters];
      const counts = await store.countEvents([...new Set(asked.map(({ jobId }) => jobId))]);
      for (const { jobId, told, wake } of asked) {
        if ((counts.get(jobId) ?? Number.POSITIVE_INFINITY) > told) wake(true);
      }
    },
  });
  return {
    async changed(jobId, { told, withinMs, signal }) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiter = { jobId, told, wake: resolve };
      const timer = setTimeout(resolve, withinMs, false);
      const leave = () => resolve(false);
      signal.addEventListener('abort', leave, { once: true });
      waiters.add(waiter);
      try {
        signal.throwIfAborted();
        const hasChanged = await promise;
        signal.throwIfAborted();
        return hasChanged;
      } finally {
        waiters.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
      }
    },
  };
}
