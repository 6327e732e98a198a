import {
  addAgentKeyResponseSchema,
  addAgentKeySchema,
  agentIdSchema,
  agentListSchema,
  agentSchema,
  createAgentResponseSchema,
  createAgentSchema,
  listAgentsQuerySchema,
  revokeAgentTokensResponseSchema,
  updateAgentSchema,
} from '@4runr/contracts/agent';
import type { ProblemCode } from '@4runr/contracts/problem';
import * as z from 'zod';
import { ifMatch } from '../if-match.ts';
import type { Operation } from '../operation.ts';

const path = z.object({ id: agentIdSchema });
const agent = agentSchema.meta({ id: 'Agent' });
const changeCodes: readonly ProblemCode[] = [
  'agent.unknown',
  'conflict',
  'precondition.failed',
  'precondition.required',
];

export const agentOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/agents',
    id: 'createAgent',
    summary: 'A new agent, with its own keys, or with a key or secret that is shown once',
    caller: 'agents:write',
    body: createAgentSchema,
    answers: { 201: { about: 'The agent.', body: createAgentResponseSchema } },
    codes: ['params.invalid', 'media_type.unsupported', 'conflict'],
  },
  {
    method: 'get',
    path: '/v1/agents',
    id: 'listAgents',
    summary: 'The agents, a page at a time',
    caller: 'agents:read',
    params: { query: listAgentsQuerySchema },
    answers: { 200: { about: 'A page.', body: agentListSchema } },
    codes: ['params.invalid'],
  },
  {
    method: 'get',
    path: '/v1/agents/{id}',
    id: 'getAgent',
    summary: 'An agent, with its `ETag`',
    caller: 'agents:read',
    params: { path },
    answers: { 200: { about: 'The agent.', body: agent } },
    codes: ['agent.unknown'],
  },
  {
    method: 'patch',
    path: '/v1/agents/{id}',
    id: 'updateAgent',
    summary: 'Changes an agent; suspends it, or lets it go on',
    caller: 'agents:write',
    params: { path, header: ifMatch },
    body: updateAgentSchema,
    answers: { 200: { about: 'The agent as it is now.', body: agent } },
    codes: [...changeCodes, 'params.invalid', 'media_type.unsupported'],
  },
  {
    method: 'delete',
    path: '/v1/agents/{id}',
    id: 'deleteAgent',
    summary: 'Deletes an agent, whose tokens end',
    caller: 'agents:write',
    params: { path, header: ifMatch },
    answers: { 204: { about: 'It is gone.' } },
    codes: changeCodes,
  },
  {
    method: 'post',
    path: '/v1/agents/{id}/keys',
    id: 'addAgentKey',
    summary: 'One key or secret more; old and new ones work side by side',
    caller: 'agents:write',
    params: { path, header: ifMatch },
    body: addAgentKeySchema,
    answers: { 201: { about: 'The key; a secret is shown this once.', body: addAgentKeyResponseSchema } },
    codes: [...changeCodes, 'params.invalid', 'media_type.unsupported'],
  },
  {
    method: 'delete',
    path: '/v1/agents/{id}/keys/{kid}',
    id: 'removeAgentKey',
    summary: 'The key or secret proves nothing any more',
    caller: 'agents:write',
    params: { path: path.extend({ kid: z.string() }), header: ifMatch },
    answers: { 204: { about: 'It is gone.' } },
    codes: changeCodes,
  },
  {
    method: 'post',
    path: '/v1/agents/{id}/revoke-tokens',
    id: 'revokeAgentTokens',
    summary: 'Ends every token that the agent has got so far',
    caller: 'agents:write',
    params: { path },
    answers: {
      200: { about: 'From which epoch on its tokens are good.', body: revokeAgentTokensResponseSchema },
    },
    codes: ['agent.unknown'],
  },
];
