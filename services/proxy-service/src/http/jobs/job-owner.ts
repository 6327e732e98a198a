import { jobIdSchema } from '@4runr/contracts/job';
import type { AccessTokenClaims } from '@4runr/contracts/token';
import { type AccessTokenAuthority, presentedToken } from '@4runr/service-kit/access-token';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Request, Response } from 'express';
import { toAgent } from '../../pipeline/authenticate.ts';
import { setTokenHeaders } from '../token-headers.ts';

/** Which job a request is about, and who asks. */
export interface JobAsker {
  readonly jobId: string;
  readonly claims: AccessTokenClaims;
}

/**
 * Reads who asks for which job. What is answered is the agent's alone: it is not stored.
 *
 * @throws ProblemError `token.*`, `job.unknown` of what is no id of a job, `service.unavailable`
 */
export function createJobAsker({
  authority,
}: {
  readonly authority: AccessTokenAuthority;
}): (request: Request, response: Response) => Promise<JobAsker> {
  return async (request, response) => {
    const claims = await authority.authenticate(presentedToken(request));
    setTokenHeaders(response, toAgent(claims));
    response.set('Cache-Control', 'no-store');
    const { id } = request.params;
    const jobId = jobIdSchema.safeParse(id);
    if (!jobId.success) throw new ProblemError('job.unknown');
    return { jobId: jobId.data, claims };
  };
}

/** @throws ProblemError `job.unknown`: another agent's job is none */
export function known<T>(job: T | undefined): T {
  if (job === undefined) throw new ProblemError('job.unknown');
  return job;
}
