import type { JobResponse, JobStatus } from '@4runr/contracts/job';
import type { JobRecord } from '../../domain/job.ts';

/** A job as its agent is shown it. */
export function viewOf({ id, status, createdAt, answer }: JobRecord): JobResponse {
  return {
    job: {
      ...{ id, status, createdAt: createdAt.toISOString() },
      ...(answer?.kind === 'result' ? { result: answer.result } : {}),
      ...(answer?.kind === 'problem' ? { problem: answer.problem } : {}),
    },
  };
}

/** The same, as it was when it had an earlier status. */
export function earlierViewOf({ id, createdAt }: JobRecord, status: JobStatus): JobResponse {
  return { job: { id, status, createdAt: createdAt.toISOString() } };
}
