import type { RequestHandler } from 'express';
import { removeAgentKey } from '../../domain/agent-edit.ts';
import { type AgentChangeParts, changeAgent } from './change-agent.ts';

/** `DELETE /v1/agents/{id}/keys/{kid}`: the key proves nothing any more; tokens that it brought stay. Can be repeated. */
export function removeAgentKeyHandler(parts: AgentChangeParts): RequestHandler {
  return async (request, response) => {
    const name = String(request.params.kid);
    await changeAgent(parts, { request, response }, (agent) => removeAgentKey(agent, name));
    response.status(204).end();
  };
}
