import { requireIfMatch } from '@4runr/service-kit/http';
import type { RequestHandler } from 'express';
import { deleteAgent } from '../../domain/agent-edit.ts';
import { type AgentChangeParts, changeAgent } from './change-agent.ts';

/** `DELETE /v1/agents/{id}`; needs `If-Match`. Its tokens end, and its id is never given to another. */
export function deleteAgentHandler(parts: AgentChangeParts): RequestHandler {
  return async (request, response) => {
    requireIfMatch(request);
    await changeAgent(parts, { request, response }, deleteAgent);
    response.removeHeader('ETag');
    response.status(204).end();
  };
}
