import { currentTraceParent } from '@4runr/service-kit/telemetry';
import type { JobRecord, JobStore } from '../domain/job.ts';
import type { PermittedCall } from './authorize.ts';
import { clientKeyOf, requestOf } from './idempotency.ts';
import type { Step } from './pipeline.ts';

export interface EnqueueParts {
  readonly jobs: JobStore;
  readonly readWebhook: ReadWebhook;
}

/**
 * The URL that is to be told of a job's end, of the `Job-Webhook` headers of its request.
 *
 * @throws ProblemError `request.invalid`; `target.forbidden` where nothing may be sent to
 */
export type ReadWebhook = (headers: readonly string[]) => string | undefined;

/** A call that waits for its turn, or one of the same key that was accepted before. */
export type AcceptedJob = Pick<JobRecord, 'id' | 'status'>;

/**
 * Keeps the call until its turn comes. What it was permitted with is not kept: that is decided anew then.
 *
 * @throws ProblemError `request.invalid` for an idempotency key or a webhook that is none, `target.forbidden` for one that may not be told, `idempotency.conflict`, `jobs.limited`, `service.unavailable` where
 * jobs cannot be kept
 */
export function enqueue({ jobs, readWebhook }: EnqueueParts): Step<PermittedCall, AcceptedJob> {
  return async ({ call }) => {
    const { toolName, actionName, params, requestBytes, intent, cacheControl, claims } = call;
    const key = clientKeyOf(call);
    const webhook = readWebhook(call.webhooks ?? []);
    const job = await jobs.add({
      ...{ toolName, actionName, params, requestBytes, intent, cacheControl, claims },
      key: key && { holder: key.holder, value: key.value, request: requestOf(call) },
      effect: call.action.manifest.effect,
      traceParent: currentTraceParent(),
      ...(webhook === undefined ? {} : { webhook }),
    });
    call.observed.jobId = job.id;
    return job;
  };
}
