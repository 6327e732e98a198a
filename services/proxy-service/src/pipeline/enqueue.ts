import { currentTraceParent } from '@4runr/service-kit/telemetry';
import type { JobStore } from '../domain/job.ts';
import type { PermittedCall } from './authorize.ts';
import type { Step } from './pipeline.ts';

export interface EnqueueParts {
  readonly jobs: JobStore;
}

/** A call that waits for its turn. */
export interface AcceptedJob {
  readonly id: string;
}

/**
 * Keeps the call until its turn comes. What it was permitted with is not kept: that is decided anew then.
 *
 * @throws ProblemError `jobs.limited`, `service.unavailable` where jobs cannot be kept
 */
export function enqueue({ jobs }: EnqueueParts): Step<PermittedCall, AcceptedJob> {
  return async ({ call }) => {
    const { toolName, actionName, params, requestBytes, intent, cacheControl, claims } = call;
    const id = await jobs.add({
      ...{ toolName, actionName, params, requestBytes, intent, cacheControl, claims },
      effect: call.action.manifest.effect,
      traceParent: currentTraceParent(),
    });
    return { id };
  };
}
