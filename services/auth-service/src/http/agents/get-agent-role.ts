import type { AgentRole } from '@4runr/contracts/agent';
import { ProblemError } from '@4runr/service-kit/errors';
import type { RequestHandler } from 'express';
import type { AgentStore } from '../../domain/agent.ts';
import { agentIdOf } from './agent-id.ts';

/** `GET /internal/agents/{id}/role`: what a call of the agent would be decided by, for who simulates one. */
export function getAgentRoleHandler(agents: AgentStore): RequestHandler {
  return async (request, response) => {
    const agent = await agents.find(agentIdOf(request));
    if (agent === undefined) throw new ProblemError('agent.unknown');
    const body: AgentRole = { id: agent.id, role: agent.role };
    response.set('Cache-Control', 'no-store').json(body);
  };
}
