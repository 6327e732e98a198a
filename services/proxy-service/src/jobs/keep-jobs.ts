import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import type { JobKeeping } from '../domain/job.ts';
import type { JobMetrics } from './job-metrics.ts';

/** How often it is looked, in milliseconds. */
const everyMs = 5_000;

/** Forgets jobs whose time is over, fails those that wait too long, and counts the others; every replica, whoever comes first. */
export function keepJobs(
  kit: Pick<Kit, 'logger' | 'onClose'>,
  keeping: JobKeeping,
  metrics: JobMetrics,
): void {
  repeatUntilClosed(kit, {
    name: 'keeping of jobs',
    everyMs,
    jitter: 0.2,
    run: async () => {
      try {
        await keeping.forgetExpired();
        metrics.overdue(await keeping.failOverdue());
        metrics.standing(await keeping.countByStatus());
      } catch (error) {
        metrics.standing(undefined);
        throw error;
      }
    },
  });
}
