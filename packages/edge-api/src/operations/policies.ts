import {
  listPoliciesQuerySchema,
  listPolicyVersionsQuerySchema,
  policyHistorySchema,
  policyListSchema,
  policyNameSchema,
  policyRecordSchema,
  policySchema,
  rollbackPolicySchema,
  simulateCallSchema,
  simulationSchema,
} from '@4runr/contracts/policy';
import type { ProblemCode } from '@4runr/contracts/problem';
import { replayRequestSchema, replaySchema } from '@4runr/contracts/replay';
import * as z from 'zod';
import { ifMatch } from '../if-match.ts';
import type { Operation } from '../operation.ts';

const path = z.object({ name: policyNameSchema });
const document = policySchema.meta({ id: 'Policy' });
const record = policyRecordSchema.meta({ id: 'PolicyRecord' });
const writeCodes: readonly ProblemCode[] = ['params.invalid', 'media_type.unsupported', 'conflict'];
const changeCodes: readonly ProblemCode[] = [
  'policy.unknown',
  'precondition.failed',
  'precondition.required',
];

export const policyOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/policies',
    id: 'createPolicy',
    summary: 'A new policy, in force on every replica within a second',
    caller: 'policies:write',
    body: document,
    answers: { 201: { about: 'The policy, with its `ETag`.', body: record } },
    codes: writeCodes,
  },
  {
    method: 'get',
    path: '/v1/policies',
    id: 'listPolicies',
    summary: 'The policies, a page at a time',
    caller: 'policies:read',
    params: { query: listPoliciesQuerySchema },
    answers: { 200: { about: 'A page.', body: policyListSchema } },
    codes: ['params.invalid'],
  },
  {
    method: 'get',
    path: '/v1/policies/{name}',
    id: 'getPolicy',
    summary: 'A policy, with its `ETag`',
    caller: 'policies:read',
    params: { path },
    answers: { 200: { about: 'The policy.', body: record } },
    codes: ['policy.unknown'],
  },
  {
    method: 'put',
    path: '/v1/policies/{name}',
    id: 'replacePolicy',
    summary: 'Another document in place of the policy’s',
    caller: 'policies:write',
    params: { path, header: ifMatch },
    body: document,
    answers: { 200: { about: 'The policy as it is now.', body: record } },
    codes: [...writeCodes, ...changeCodes],
  },
  {
    method: 'delete',
    path: '/v1/policies/{name}',
    id: 'deletePolicy',
    summary: 'Ends a policy; its history stays',
    caller: 'policies:write',
    params: { path, header: ifMatch },
    answers: { 204: { about: 'It is gone.' } },
    codes: changeCodes,
  },
  {
    method: 'get',
    path: '/v1/policies/{name}/versions',
    id: 'listPolicyVersions',
    summary: 'The history of a policy, newest first',
    caller: 'policies:read',
    params: { path, query: listPolicyVersionsQuerySchema },
    answers: { 200: { about: 'A page.', body: policyHistorySchema } },
    codes: ['policy.unknown', 'params.invalid'],
  },
  {
    method: 'post',
    path: '/v1/policies/{name}/rollback',
    id: 'rollBackPolicy',
    summary: 'The document of an earlier version again',
    caller: 'policies:write',
    params: { path, header: ifMatch },
    body: rollbackPolicySchema,
    answers: { 200: { about: 'The policy as it is now.', body: record } },
    codes: [...writeCodes, ...changeCodes],
  },
  {
    method: 'post',
    path: '/v1/policies/simulate',
    id: 'simulateCall',
    summary: 'What would be decided of a call, and why; nothing is taken of any quota',
    caller: 'policies:read',
    body: simulateCallSchema,
    answers: { 200: { about: 'The decision.', body: simulationSchema } },
    codes: ['params.invalid', 'media_type.unsupported', 'agent.unknown', 'tool.unknown', 'action.unknown'],
  },
  {
    method: 'post',
    path: '/v1/policies/replay',
    id: 'replayCalls',
    summary: 'Which verdicts on past calls a candidate policy would change',
    caller: 'policies:read',
    body: replayRequestSchema,
    answers: { 200: { about: 'The calls that it would.', body: replaySchema } },
    codes: ['params.invalid', 'media_type.unsupported'],
  },
];
