export {
  failedJobExample,
  jobAcceptedExample,
  jobWebhookExample,
  queuedJobExample,
  succeededJobExample,
} from './examples.ts';
export {
  hasEnded,
  type Job,
  type JobAccepted,
  type JobResponse,
  type JobStatus,
  jobAcceptedSchema,
  jobIdSchema,
  jobResponseSchema,
  jobSchema,
  jobStatusSchema,
  jobsPath,
} from './job.ts';
export {
  type JobWebhook,
  jobWebhookSchema,
  type WebhookKey,
  webhookKeySchema,
  webhookKeysPath,
} from './job-webhook.ts';
