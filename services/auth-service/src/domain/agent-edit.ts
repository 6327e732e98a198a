import type { UpdateAgent } from '@4runr/contracts/agent';
import type { PublicJwk } from '@4runr/contracts/token';
import type { AgentRecord } from './agent.ts';
import type { ClientEdit, ClientFields } from './client-edit.ts';
import { assertNewKey, assertRoom, findRemovableKey } from './client-keys.ts';
import type { HashedSecret } from './client-secret.ts';

/** Another name, role, description, status or life of tokens; `undefined` where all of it is so already. */
export function updateAgent(agent: AgentRecord, update: UpdateAgent): ClientEdit | undefined {
  const fields = changedFields(agent, update);
  if (Object.keys(fields).length === 0) return undefined;
  const isSuspended = fields.status === 'suspended';
  const endsTokens = isSuspended || fields.role !== undefined;
  const action = isSuspended ? 'suspend' : fields.status === 'active' ? 'resume' : 'update';
  return { action: `agent.${action}`, fields, ...(endsTokens ? { endsTokens } : {}) };
}

function changedFields(agent: AgentRecord, update: UpdateAgent): Partial<ClientFields> {
  const current: ClientFields = { ...agent, description: agent.description ?? null };
  const names = ['name', 'role', 'description', 'status', 'tokenTtlSeconds'] as const;
  return Object.fromEntries(
    names
      .filter((name) => update[name] !== undefined && update[name] !== current[name])
      .map((name) => [name, update[name]]),
  );
}

export function deleteAgent(): ClientEdit {
  return { action: 'agent.delete', endsTokens: true, deletes: true };
}

/** Ends every token that the agent has got so far. */
export function revokeAgentTokens(): ClientEdit {
  return { action: 'agent.tokens.revoke', endsTokens: true };
}

/** @throws ProblemError `conflict` when the agent has the key, another of its `kid`, or as many as it may have */
export async function addAgentKey(agent: AgentRecord, key: PublicJwk): Promise<ClientEdit> {
  await assertNewKey(agent, key);
  return { action: 'agent.key.add', addedKey: key };
}

/** @throws ProblemError `conflict` when the agent has as many secrets as it may have */
export function addAgentSecret(agent: AgentRecord, { kid, digest }: HashedSecret): ClientEdit {
  assertRoom(agent.secrets);
  return { action: 'agent.key.add', addedSecret: { kid, digest } };
}

/**
 * @param name the `kid` of the key or secret, or the key's thumbprint (RFC 7638)
 * @returns `undefined` where it was removed before, so that whoever lost the answer can ask again
 * @throws ProblemError `route.unknown` when there is no such key, `conflict` when it is the last one
 */
export async function removeAgentKey(agent: AgentRecord, name: string): Promise<ClientEdit | undefined> {
  const removedKey = await findRemovableKey(agent, name);
  return removedKey && { action: 'agent.key.remove', removedKey };
}
