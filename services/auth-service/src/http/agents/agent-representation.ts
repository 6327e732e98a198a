import type { Agent } from '@4runr/contracts/agent';
import type { AgentRecord } from '../../domain/agent.ts';

/** An agent as operators see it. */
export function representAgent(agent: AgentRecord): Agent {
  const { id, name, role, description, status, clientId, authMethod, keys, createdAt, updatedAt } = agent;
  return {
    id,
    name,
    role,
    ...(description === undefined ? {} : { description }),
    status,
    clientId,
    authMethod,
    jwks: { keys: [...keys] },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** The entity tag of an agent's state (RFC 9110 section 8.8.3). */
export function entityTagOf({ version }: AgentRecord): string {
  return `"${version}"`;
}
