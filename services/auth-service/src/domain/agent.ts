import type { AgentStatus, AuthMethod } from '@4runr/contracts/agent';
import type { PublicJwk } from '@4runr/contracts/token';
import type { ClientEdit, MaybeEdit } from './client-edit.ts';
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
  /** Names, kids and thumbprints, of the last keys and secrets that were removed. */
  readonly removedKeys: readonly string[];
  /** Life of its access tokens. */
  readonly tokenTtlSeconds: number;
  /** Tokens of a lower one are revoked. */
  readonly epoch: number;
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

/** An agent after a change, or as it was last when the change deletes it. */
export interface AgentChange {
  readonly agent: AgentRecord;
  /** `undefined` where there was nothing to do. */
  readonly edit: ClientEdit | undefined;
}

/** What a list is narrowed to; what is `undefined` narrows nothing. */
export interface AgentFilter {
  readonly status: AgentStatus | undefined;
  readonly role: string | undefined;
  /** Part of the name, in any case. */
  readonly name: string | undefined;
}

export interface AgentStore {
  create(agent: NewAgent, origin: ChangeOrigin): Promise<AgentRecord>;
  find(id: string): Promise<AgentRecord | undefined>;
  /**
   * Changes an agent, records it, and stores the revocation that goes with it, all of it or nothing. Changes of one agent
   * take turns, so that each is decided by the state that it will change.
   *
   * @param decide may throw: then nothing happens
   * @returns `undefined` for an agent that is not there
   */
  change(
    id: string,
    origin: ChangeOrigin,
    decide: (agent: AgentRecord) => MaybeEdit,
  ): Promise<AgentChange | undefined>;
  /** Agents in the order of their registration, at most `limit`, after a position that an earlier page gave. */
  list(options: { filter: AgentFilter; after: string | undefined; limit: number }): Promise<AgentPage>;
}
