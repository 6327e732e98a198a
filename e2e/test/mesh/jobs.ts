import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { type Job, jobAcceptedSchema, jobResponseSchema } from '@4runr/contracts/job';
import { readEvents } from '@4runr/service-kit/sse';
import { ask, callTool, openStream, type ToolCall, tokenOf } from './gateway.ts';

/** Makes a call that is to be answered with a job. @returns the job's id */
export async function submit(action: string, params: unknown, options: ToolCall = {}): Promise<string> {
  return (await submitTraced(action, params, options)).id;
}

/** The same. @returns the trace of its acceptance as well */
export async function submitTraced(
  action: string,
  params: unknown,
  options: ToolCall = {},
): Promise<{ readonly id: string; readonly traceId: string }> {
  const headers = { prefer: 'respond-async', ...options.headers };
  const answer = await callTool(action, params, { ...options, headers });
  assert.equal(answer.status, 202, answer.text);
  const { id } = jobAcceptedSchema.parse(answer.json).job;
  assert.equal(answer.headers.location, `/v1/jobs/${id}`);
  return { id, traceId: String(answer.headers['x-correlation-id']) };
}

type JobAsk = Pick<ToolCall, 'by' | 'token'>;

const authorizationOf = async ({ by = 'scraper', token }: JobAsk) => ({
  authorization: `Bearer ${token ?? (await tokenOf(by))}`,
});

export async function askJob(path: string, method: 'GET' | 'DELETE' = 'GET', options: JobAsk = {}) {
  return ask(`/v1/jobs/${path}`, { method, headers: await authorizationOf(options) });
}

export async function readJob(id: string, options: JobAsk = {}): Promise<Job> {
  const answer = await askJob(id, 'GET', options);
  assert.equal(answer.status, 200, answer.text);
  return jobResponseSchema.parse(answer.json).job;
}

/** The job once it is as wished; fails after a minute. */
export async function untilJob(id: string, isIt: (job: Job) => boolean, options: JobAsk = {}): Promise<Job> {
  const deadline = performance.now() + 60_000;
  let job = await readJob(id, options);
  while (!isIt(job)) {
    if (performance.now() > deadline) throw new Error(`it stays so: ${JSON.stringify(job)}`);
    await wait(50);
    job = await readJob(id, options);
  }
  return job;
}

export interface JobEvent {
  readonly id: string | undefined;
  readonly job: Job;
}

/** What is told of a job as it happens; ends when the stream does, or its reader leaves it. @param after `Last-Event-ID` */
export async function* followJob(id: string, after?: string): AsyncGenerator<JobEvent, void, void> {
  const last = after === undefined ? {} : { 'last-event-id': after };
  const body = await openStream(`/v1/jobs/${id}/events`, {
    headers: { ...(await authorizationOf({})), ...last },
  });
  for await (const event of readEvents(body)) {
    yield { id: event.id, job: jobResponseSchema.parse(JSON.parse(event.data)).job };
  }
}
