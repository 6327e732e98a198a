import type { Agent } from '@4runr/contracts/agent';
import type { AgentRecord, SecretRecord } from '../../domain/agent.ts';

/** An agent as operators see it. */
export function representAgent(agent: AgentRecord): Agent {
  const { id, name, role, description, status, clientId, authMethod, keys, secrets } = agent;
  return {
    id,
    name,
    role,
    ...(description === undefined ? {} : { description }),
    status,
    clientId,
    authMethod,
    jwks: { keys: [...keys] },
    ...(authMethod === 'client_secret_basic' ? { secrets: secrets.map(representSecret) } : {}),
    tokenTtlSeconds: agent.tokenTtlSeconds,
    createdAt: agent.createdAt.toISOString(),
    updatedAt: agent.updatedAt.toISOString(),
  };
}

/** A client secret as operators see it: never the secret itself. */
export function representSecret({ kid, createdAt }: SecretRecord): { kid: string; createdAt: string } {
  return { kid, createdAt: createdAt.toISOString() };
}

/** The entity tag of an agent's state (RFC 9110 section 8.8.3). */
export function entityTagOf({ version }: AgentRecord): string {
  return `"${version}"`;
}
