import { agentKeysMax, type UpdateAgent } from '@4runr/contracts/agent';
import type { PublicJwk } from '@4runr/contracts/token';
import { ProblemError } from '@4runr/service-kit/errors';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { AgentRecord } from './agent.ts';
import type { HashedSecret } from './client-secret.ts';
import type { OperatorAction } from './operator-change.ts';

/** What is to be done to an agent, decided by the state that it is in now. */
export interface AgentEdit {
  readonly action: OperatorAction;
  /** New values of what changes; `description` is null where it goes. */
  readonly fields?: Partial<AgentFields>;
  readonly addedKey?: PublicJwk;
  readonly addedSecret?: HashedSecret;
  /** Of a key or a secret. */
  readonly removedKid?: string;
  /** Whether every token that the agent has got so far is revoked. */
  readonly endsTokens?: true;
  readonly deletes?: true;
}

type AgentFields = Pick<AgentRecord, 'name' | 'role' | 'status' | 'tokenTtlSeconds'> & {
  readonly description: string | null;
};

/** Another name, role, description, status or life of tokens; `undefined` where all of it is so already. */
export function updateAgent(agent: AgentRecord, update: UpdateAgent): AgentEdit | undefined {
  const fields = changedFields(agent, update);
  if (Object.keys(fields).length === 0) return undefined;
  const isSuspended = fields.status === 'suspended';
  const endsTokens = isSuspended || fields.role !== undefined;
  const action = isSuspended ? 'suspend' : fields.status === 'active' ? 'resume' : 'update';
  return { action: `agent.${action}`, fields, ...(endsTokens ? { endsTokens } : {}) };
}

function changedFields(agent: AgentRecord, update: UpdateAgent): Partial<AgentFields> {
  const current: AgentFields = { ...agent, description: agent.description ?? null };
  const names = ['name', 'role', 'description', 'status', 'tokenTtlSeconds'] as const;
  return Object.fromEntries(
    names
      .filter((name) => update[name] !== undefined && update[name] !== current[name])
      .map((name) => [name, update[name]]),
  );
}

export function deleteAgent(): AgentEdit {
  return { action: 'agent.delete', endsTokens: true, deletes: true };
}

/** Ends every token that the agent has got so far. */
export function revokeAgentTokens(): AgentEdit {
  return { action: 'agent.tokens.revoke', endsTokens: true };
}

/** @throws ProblemError `conflict` when the agent has the key, another of its `kid`, or as many as it may have */
export async function addAgentKey(agent: AgentRecord, key: PublicJwk): Promise<AgentEdit> {
  assertRoom(agent.keys);
  if (agent.keys.some(({ kid }) => kid === key.kid)) throw conflict('The agent has a key of this kid.');
  if ((await findKey(agent, await thumbprintOf(key))) !== undefined) {
    throw conflict('The agent has this key already.');
  }
  return { action: 'agent.key.add', addedKey: key };
}

/** @throws ProblemError `conflict` when the agent has as many secrets as it may have */
export function addAgentSecret(agent: AgentRecord, { kid, digest }: HashedSecret): AgentEdit {
  assertRoom(agent.secrets);
  return { action: 'agent.key.add', addedSecret: { kid, digest } };
}

function assertRoom(present: readonly unknown[]): void {
  if (present.length >= agentKeysMax) throw conflict(`The agent has ${agentKeysMax} of them already.`);
}

/**
 * @param name the `kid` of the key or secret or, because not every `kid` can be written in a path, its thumbprint (RFC 7638)
 * @throws ProblemError `route.unknown` when there is no such key, `conflict` when it is the last one
 */
export async function removeAgentKey(agent: AgentRecord, name: string): Promise<AgentEdit> {
  const present = [...agent.keys, ...agent.secrets];
  const key = present.find(({ kid }) => kid === name) ?? (await findKey(agent, name));
  if (key === undefined) throw new ProblemError('route.unknown', { detail: 'The agent has no such key.' });
  if (present.length === 1) {
    throw conflict('It is the last one of the agent: add another first, or suspend the agent.');
  }
  return { action: 'agent.key.remove', removedKid: key.kid };
}

async function findKey({ keys }: AgentRecord, thumbprint: string): Promise<PublicJwk | undefined> {
  const thumbprints = await Promise.all(keys.map(thumbprintOf));
  return keys[thumbprints.indexOf(thumbprint)];
}

function thumbprintOf(key: PublicJwk): Promise<string> {
  return calculateJwkThumbprint(key as JWK);
}

function conflict(detail: string): ProblemError {
  return new ProblemError('conflict', { detail });
}
