import type { AgentRecord } from '../domain/agent.ts';
import type { Snapshot } from '../domain/operator-change.ts';

/** An agent as the record of a change shows it: keys and secrets by their `kid`. */
export function snapshotAgent(agent: AgentRecord): Snapshot {
  const { name, role, description, status, authMethod, keys, secrets, tokenTtlSeconds, epoch } = agent;
  return {
    name,
    role,
    ...(description === undefined ? {} : { description }),
    status,
    authMethod,
    keys: [...keys, ...secrets].map(({ kid }) => kid),
    tokenTtlSeconds,
    epoch,
  };
}
