import { currentTraceParent } from '@4runr/service-kit/telemetry';
import type { JobRecord, JobStore } from '../domain/job.ts';
import type { PermittedCall } from './authorize.ts';
import { clientKeyOf, requestOf } from './idempotency.ts';
import type { Step } from './pipeline.ts';

export interface EnqueueParts {
  readonly jobs: JobStore;
}

/** A call that waits for its turn, or one of the same key that was accepted before. */
export type AcceptedJob = Pick<JobRecord, 'id' | 'status'>;

/**
 * Keeps the call until its turn comes. What it was permitted with is not kept: that is decided anew then.
 *
 * @throws ProblemError `request.invalid` for an idempotency key that is none, `idempotency.conflict`, `jobs.limited`, `service.unavailable` where
 * jobs cannot be kept
 */
export function enqueue({ jobs }: EnqueueParts): Step<PermittedCall, AcceptedJob> {
  return async ({ call }) => {
    const { toolName, actionName, params, requestBytes, intent, cacheControl, claims } = call;
    const key = clientKeyOf(call);
    const job = await jobs.add({
      ...{ toolName, actionName, params, requestBytes, intent, cacheControl, claims },
      key: key && { holder: key.holder, value: key.value, request: requestOf(call) },
      effect: call.action.manifest.effect,
      traceParent: currentTraceParent(),
    });
    call.observed.jobId = job.id;
    return job;
  };
}
