import type { AccessTokenAuthority } from '@4runr/service-kit/access-token';
import { ProblemError } from '@4runr/service-kit/errors';
import type { RequestHandler } from 'express';
import type { JobStore } from '../../domain/job.ts';
import { createJobAsker, known } from './job-owner.ts';
import { viewOf } from './job-view.ts';

/**
 * `DELETE /v1/jobs/{id}`: 200 with the job, which has ended, now or before; 202 where it runs and is about to stop. What
 * may have an effect is carried through once it is begun: then it is a `conflict`, and nothing changes.
 */
export function cancelJob(parts: { authority: AccessTokenAuthority; jobs: JobStore }): RequestHandler {
  const ask = createJobAsker(parts);
  return async (request, response) => {
    const { jobId, claims } = await ask(request, response);
    const { outcome, job } = known(await parts.jobs.cancel(jobId, claims.sub));
    if (outcome === 'kept') throw carriedThrough();
    response.status(outcome === 'asked' ? 202 : 200).json(viewOf(job));
  };
}

function carriedThrough(): ProblemError {
  return new ProblemError('conflict', {
    detail: 'The job is being carried out. Half of its effect may have happened, so it is carried through.',
  });
}
