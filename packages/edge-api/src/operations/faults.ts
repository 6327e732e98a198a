import { faultListSchema, faultSchema } from '@4runr/contracts/fault';
import * as z from 'zod';
import type { Operation } from '../operation.ts';

const path = z.object({ tool: z.string() });

/** They exist with `UPSTREAM_MODE=mock` and `FF_CHAOS=on` alone. */
export const faultOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/faults',
    id: 'listFaults',
    summary: 'What the simulated providers do wrong',
    caller: 'faults:write',
    answers: { 200: { about: 'The faults.', body: faultListSchema } },
  },
  {
    method: 'get',
    path: '/v1/faults/{tool}',
    id: 'getFault',
    summary: 'What a simulated provider does wrong',
    caller: 'faults:write',
    params: { path },
    answers: { 200: { about: 'The fault.', body: faultSchema } },
    codes: ['tool.unknown'],
  },
  {
    method: 'put',
    path: '/v1/faults/{tool}',
    id: 'putFault',
    summary: 'Lets a simulated provider fail',
    caller: 'faults:write',
    params: { path },
    body: faultSchema,
    answers: {
      200: { about: 'In place of another fault.', body: faultSchema },
      201: { about: 'Where none was.', body: faultSchema },
    },
    codes: ['tool.unknown', 'params.invalid', 'media_type.unsupported'],
  },
  {
    method: 'delete',
    path: '/v1/faults/{tool}',
    id: 'deleteFault',
    summary: 'The simulated provider is well again',
    caller: 'faults:write',
    params: { path },
    answers: { 204: { about: 'It is.' } },
    codes: ['tool.unknown'],
  },
];
