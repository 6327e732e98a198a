import { updateAgentSchema } from '@4runr/contracts/agent';
import { operatorRole } from '@4runr/contracts/token';
import { invalidParams, parseBody, requireIfMatch } from '@4runr/service-kit/http';
import type { RequestHandler } from 'express';
import { updateAgent } from '../../domain/agent-edit.ts';
import { representAgent } from './agent-representation.ts';
import { type AgentChangeParts, changeAgent } from './change-agent.ts';

/** `PATCH /v1/agents/{id}`; needs `If-Match`. */
export function updateAgentHandler(parts: AgentChangeParts): RequestHandler {
  return async (request, response) => {
    requireIfMatch(request);
    const update = parseBody(updateAgentSchema, request.body);
    if (update.role === operatorRole) throw invalidParams([{ pointer: '/role', detail: 'is reserved' }]);
    const agent = await changeAgent(parts, { request, response }, (current) => updateAgent(current, update));
    response.json(representAgent(agent));
  };
}
