import type { AgentRecord } from '../domain/agent.ts';
import type { Snapshot } from '../domain/operator-change.ts';
import { snapshotKeys } from './key-snapshot.ts';

/** An agent as the record of a change shows it. */
export async function snapshotAgent(agent: AgentRecord): Promise<Snapshot> {
  const { name, role, description, status, authMethod, keys, secrets, tokenTtlSeconds, epoch } = agent;
  return {
    name,
    role,
    ...(description === undefined ? {} : { description }),
    status,
    authMethod,
    keys: [...(await snapshotKeys(keys)), ...secrets.map(({ kid }) => ({ kid }))],
    tokenTtlSeconds,
    epoch,
  };
}
