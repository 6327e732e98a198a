import * as z from 'zod';
import { callResponseSchema } from '../call/index.ts';
import { problemSchema } from '../problem/index.ts';

/** A job waits, is carried out, and has ended in one of three ways. */
export const jobStatusSchema = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);
export type JobStatus = z.infer<typeof jobStatusSchema>;

/** Whether nothing more will come of a job. */
export function hasEnded(status: JobStatus): boolean {
  return status !== 'queued' && status !== 'running';
}

export const jobIdSchema = z.string().regex(/^job_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** A call that is carried out later, as its agent is shown it. */
export const jobSchema = z.object({
  id: jobIdSchema,
  status: jobStatusSchema,
  createdAt: z.iso.datetime(),
  /** What the call would have answered; only of a job that succeeded. */
  result: callResponseSchema.optional(),
  /** Why it failed; only of a job that did. */
  problem: problemSchema.optional(),
});
export type Job = z.infer<typeof jobSchema>;

/** `200` of `GET /v1/jobs/{id}` and of `DELETE`, and the data of each event of `GET /v1/jobs/{id}/events`. */
export const jobResponseSchema = z.object({ job: jobSchema });
export type JobResponse = z.infer<typeof jobResponseSchema>;

/** `202` of a call that is to be carried out later; `Location` says where to ask for it. */
export const jobAcceptedSchema = z.object({ job: jobSchema.pick({ id: true, status: true }) });
export type JobAccepted = z.infer<typeof jobAcceptedSchema>;

export const jobsPath = '/v1/jobs';
