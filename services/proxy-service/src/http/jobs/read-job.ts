import type { AccessTokenAuthority } from '@4runr/service-kit/access-token';
import type { RequestHandler } from 'express';
import type { JobStore } from '../../domain/job.ts';
import { createJobAsker, known } from './job-owner.ts';
import { viewOf } from './job-view.ts';

/** `GET /v1/jobs/{id}`: how a job stands, and what came of it. */
export function readJob(parts: { authority: AccessTokenAuthority; jobs: JobStore }): RequestHandler {
  const ask = createJobAsker(parts);
  return async (request, response) => {
    const { jobId, claims } = await ask(request, response);
    response.json(viewOf(known(await parts.jobs.find(jobId, claims.sub))));
  };
}
