import { webhookKeysPath } from '@4runr/contracts/job';
import type { Route } from '@4runr/service-kit/http';
import type { RouteParts } from '../routes.ts';
import { cancelJob } from './cancel-job.ts';
import { followJob } from './follow-job.ts';
import { listWebhookKeys } from './list-webhook-keys.ts';
import { readJob } from './read-job.ts';

/** What there is to be asked of jobs; nothing where they are switched off. */
export function jobRoutes({ jobs, ...parts }: RouteParts): readonly Route[] {
  if (jobs === undefined) return [];
  const { store, watch, webhookKeys } = jobs;
  const jobParts = { ...parts, jobs: store, watch };
  return [
    { method: 'get', path: '/v1/jobs/:id', handlers: [readJob(jobParts)] },
    { method: 'delete', path: '/v1/jobs/:id', handlers: [cancelJob(jobParts)] },
    { method: 'get', path: '/v1/jobs/:id/events', handlers: [followJob(jobParts)] },
    ...(webhookKeys.length === 0
      ? []
      : [{ method: 'get' as const, path: webhookKeysPath, handlers: [listWebhookKeys(webhookKeys)] }]),
  ];
}
