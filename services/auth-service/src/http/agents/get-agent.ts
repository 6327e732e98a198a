import { agentIdSchema } from '@4runr/contracts/agent';
import { ProblemError } from '@4runr/service-kit/errors';
import type { RequestHandler } from 'express';
import type { AgentStore } from '../../domain/agent.ts';
import { entityTagOf, representAgent } from './agent-representation.ts';

/** `GET /v1/agents/{id}`; answers 304 to an `If-None-Match` that still holds. */
export function getAgentHandler(agents: AgentStore): RequestHandler {
  return async (request, response) => {
    const id = agentIdSchema.safeParse(request.params.id);
    const agent = id.success ? await agents.find(id.data) : undefined;
    if (agent === undefined) throw new ProblemError('agent.unknown');
    response.set({ ETag: entityTagOf(agent), 'Cache-Control': 'no-cache' }).json(representAgent(agent));
  };
}
