import * as z from 'zod';
import type { Operation } from '../operation.ts';

const readiness = z.object({ status: z.enum(['ready', 'not ready']), failing: z.array(z.string()) });

export const healthOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/health',
    id: 'getHealth',
    summary: 'Whether the edge lives',
    caller: 'anybody',
    answers: { 200: { about: 'It does.', body: z.object({ status: z.literal('ok') }) } },
  },
  {
    method: 'get',
    path: '/ready',
    id: 'getReadiness',
    summary: 'Whether the mesh can serve',
    caller: 'anybody',
    answers: {
      200: { about: 'It can.', body: readiness },
      503: { about: 'It cannot; `failing` names the parts that are not ready.', body: readiness },
    },
  },
];
