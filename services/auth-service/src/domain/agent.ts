import type { AgentStatus, AuthMethod } from '@4runr/contracts/agent';
import type { PublicJwk } from '@4runr/contracts/token';
import type { HashedSecret } from './client-secret.ts';
import type { ChangeOrigin } from './operator-change.ts';

/** What is shown of a client secret. */
export interface SecretRecord {
  /** `sec_…` */
  readonly kid: string;
  readonly createdAt: Date;
}

/** A registered agent with the version that its `ETag` shows. */
export interface AgentRecord {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly description: string | undefined;
  readonly status: AgentStatus;
  readonly clientId: string;
  readonly authMethod: AuthMethod;
  readonly keys: readonly PublicJwk[];
  readonly secrets: readonly SecretRecord[];
  /** Life of its access tokens. */
  readonly tokenTtlSeconds: number;
  /** Raised by every change. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What has to be known to store a new agent; the rest is the same for every new one. */
export type NewAgent = Pick<
  AgentRecord,
  'id' | 'name' | 'role' | 'description' | 'clientId' | 'authMethod' | 'keys' | 'tokenTtlSeconds'
> & { readonly secrets: readonly HashedSecret[] };

/** A stretch of the list of agents, and the position from which the next one goes on. */
export interface AgentPage {
  readonly items: readonly AgentRecord[];
  /** `undefined` when nothing follows. */
  readonly next: string | undefined;
}

export interface AgentStore {
  create(agent: NewAgent, origin: ChangeOrigin): Promise<AgentRecord>;
  find(id: string): Promise<AgentRecord | undefined>;
  /** Agents in the order of their registration, at most `limit`, after a position that an earlier page gave. */
  list(options: { after: string | undefined; limit: number }): Promise<AgentPage>;
}
