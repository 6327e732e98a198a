import { followSetting } from '@4runr/service-kit/config';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { ProxyConfig } from '../config.ts';
import type { JobStore } from '../domain/job.ts';
import type { RunningParts } from '../pipeline/steps.ts';
import { createJobStorage } from '../store/jobs/job-storage.ts';
import { createJobKeeping } from '../store/jobs/postgres-job-keeping.ts';
import { createJobStore } from '../store/jobs/postgres-job-store.ts';
import { createJobTurns } from '../store/jobs/postgres-job-turns.ts';
import { createWebhookTurns } from '../store/jobs/postgres-webhook-turns.ts';
import { traceJobStore } from '../store/traced-stores.ts';
import { composeWebhooks, type Webhooks } from '../webhooks/compose-webhooks.ts';
import { createJobMetrics } from './job-metrics.ts';
import { type JobWatch, watchJobs } from './job-watch.ts';
import { keepJobs } from './keep-jobs.ts';
import { createJobRunner } from './run-job.ts';
import { type JobWork, workOnJobs } from './work-on-jobs.ts';

/** Longest time of a run, in seconds: as the longest that an action may take. */
const runSecondsMax = 600;

/** What the endpoints need of jobs. */
export interface Jobs extends Webhooks {
  /** A first look at the database. @throws DatabaseUnfitError */
  lookOnce(): Promise<void>;
  readonly store: JobStore;
  readonly watch: JobWatch;
  readonly work: JobWork;
}

/** Jobs, unless they are switched off: then nothing of Postgres is touched, and what is queued stays so. */
export function composeJobs(kit: Kit<ProxyConfig>, parts: RunningParts): Jobs | undefined {
  const { config } = kit;
  if (!config.asyncEnabled) return undefined;
  const storage = createJobStorage(kit, {
    url: followSetting(config, 'databaseUrl'),
    migratesAtStart: config.migratesAtStart,
    key: config.jobsKey,
    acceptedKeys: config.acceptedJobsKeys,
    keptSeconds: config.jobsKeptSeconds,
  });
  const metrics = createJobMetrics(kit.metrics);
  const queuedMax = config.jobsQueuedOfAgent;
  const store = traceJobStore(kit.tracing, createJobStore(storage, { queuedMax }));
  const waiting = { waitMaxSeconds: config.jobsWaitMaxSeconds };
  keepJobs(kit, createJobKeeping(storage, waiting), metrics);
  const work = workOnJobs(kit, {
    turns: createJobTurns(storage, waiting),
    run: createJobRunner({ ...parts, resultBytesMax: config.jobResultBytesMax, runSecondsMax }),
    capacity: parts.capacity,
    eventLoop: parts.eventLoop,
    metrics,
    concurrency: config.jobsConcurrency,
  });
  return {
    ...composeWebhooks(kit, createWebhookTurns(storage)),
    ...{ lookOnce: storage.lookOnce, store, work, watch: watchJobs(kit, store) },
  };
}
