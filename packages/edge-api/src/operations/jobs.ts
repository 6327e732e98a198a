import { jobIdSchema, jobResponseSchema } from '@4runr/contracts/job';
import * as z from 'zod';
import type { Operation } from '../operation.ts';

const path = z.object({ id: jobIdSchema });
const job = jobResponseSchema.meta({ id: 'Job' });

export const jobOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/jobs/{id}',
    id: 'getJob',
    summary: 'An asynchronous call, with its result or problem once it has ended',
    caller: 'agent',
    params: { path },
    answers: { 200: { about: 'The job.', body: job } },
    codes: ['job.unknown'],
  },
  {
    method: 'delete',
    path: '/v1/jobs/{id}',
    id: 'cancelJob',
    summary: 'Cancels a job; what may have an effect is carried through once it has begun',
    caller: 'agent',
    params: { path },
    answers: {
      200: { about: 'It has ended, now or before.', body: job },
      202: { about: 'It runs, and is about to stop.', body: job },
    },
    codes: ['job.unknown', 'conflict'],
  },
  {
    method: 'get',
    path: '/v1/jobs/{id}/events',
    id: 'followJob',
    summary: 'What happens to a job, as server-sent events; resumed by `Last-Event-ID`',
    caller: 'agent',
    params: { path, header: z.object({ 'Last-Event-ID': z.string().optional() }) },
    answers: {
      200: { about: 'The events.', body: z.string(), mediaType: 'text/event-stream' },
      204: { about: 'All of them are known already.' },
    },
    codes: ['job.unknown'],
  },
];
