import type { Metrics } from '@4runr/service-kit/telemetry';
import type { BegunJob, JobKeeping } from '../domain/job.ts';

/** How a run ends, as it is counted. */
export type CountedEnd = 'succeeded' | 'failed' | 'cancelled' | 'given_back';

export interface JobMetrics {
  begun(job: Pick<BegunJob, 'createdAt' | 'wasLost'>): void;
  ended(status: CountedEnd): void;
  overdue(count: number): void;
  /** `undefined` where it is not known. */
  standing(counts: Awaited<ReturnType<JobKeeping['countByStatus']>> | undefined): void;
}

const waitBucketsSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 1_800, 3_600];

export function createJobMetrics(metrics: Metrics): JobMetrics {
  const standing = metrics.gauge({
    name: 'gateway_jobs',
    help: 'Jobs that are queued, and that run, at all replicas together; absent while Postgres is away',
    labelNames: ['status'],
  });
  const runs = metrics.counter({
    name: 'gateway_job_runs_total',
    help: 'Runs of jobs at this replica by how they ended; given_back: the job waits again',
    labelNames: ['status'],
  });
  const lost = metrics.counter({
    name: 'gateway_jobs_lost_total',
    help: 'Jobs taken over from a replica that was lost while it carried them out',
  });
  const overdue = metrics.counter({
    name: 'gateway_jobs_overdue_total',
    help: 'Jobs that failed because they could not be begun in time',
  });
  const wait = metrics.histogram({
    name: 'gateway_job_wait_seconds',
    help: 'Time from the acceptance of a job until it is begun, in seconds',
    buckets: waitBucketsSeconds,
  });
  return {
    begun({ createdAt, wasLost }) {
      if (wasLost) lost.inc();
      wait.observe(Math.max(0, Date.now() - createdAt.getTime()) / 1_000);
    },
    ended: (status) => runs.inc({ status }),
    overdue: (count) => overdue.inc(count),
    standing(counts) {
      standing.reset();
      for (const [status, count] of Object.entries(counts ?? {})) standing.set({ status }, count);
    },
  };
}
