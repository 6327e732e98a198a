import { ProblemError } from '@4runr/service-kit/errors';
import type { RequestHandler } from 'express';
import type { AgentStore } from '../../domain/agent.ts';
import { agentIdOf } from './agent-id.ts';
import { entityTagOf, representAgent } from './agent-representation.ts';

/** `GET /v1/agents/{id}`; answers 304 to an `If-None-Match` that still holds. */
export function getAgentHandler(agents: AgentStore): RequestHandler {
  return async (request, response) => {
    const agent = await agents.find(agentIdOf(request));
    if (agent === undefined) throw new ProblemError('agent.unknown');
    response.set({ ETag: entityTagOf(agent), 'Cache-Control': 'no-cache' }).json(representAgent(agent));
  };
}
