import { callResponseExample } from '../call/index.ts';
import { toProblem } from '../problem/index.ts';
import type { JobAccepted, JobResponse } from './job.ts';
import type { JobWebhook } from './job-webhook.ts';

const id = 'job_6f6a7dd0-5c0b-4c3c-9a58-0b8f3f1d7a10';
const createdAt = '2026-11-25T12:00:00.000Z';

export const jobAcceptedExample: JobAccepted = { job: { id, status: 'queued' } };

export const queuedJobExample: JobResponse = { job: { id, status: 'queued', createdAt } };

export const succeededJobExample: JobResponse = {
  job: { id, status: 'succeeded', createdAt, result: callResponseExample },
};

export const failedJobExample: JobResponse = {
  job: { id, status: 'failed', createdAt, problem: toProblem('upstream.outcome_unknown') },
};

export const jobWebhookExample: JobWebhook = {
  type: 'job.succeeded',
  timestamp: '2026-11-25T12:00:03.000Z',
  data: { job: { id, status: 'succeeded', createdAt } },
};
