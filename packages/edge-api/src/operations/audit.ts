import { auditListSchema, auditQuerySchema } from '@4runr/contracts/audit';
import type { Operation } from '../operation.ts';

export const auditOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/audit',
    id: 'listAudit',
    summary: 'Calls and what came of them, and changes by operators, newest first',
    caller: 'audit:read',
    params: { query: auditQuerySchema },
    answers: { 200: { about: 'A page.', body: auditListSchema } },
    codes: ['params.invalid'],
  },
];
