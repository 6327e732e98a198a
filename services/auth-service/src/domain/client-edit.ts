import type { PublicJwk } from '@4runr/contracts/token';
import type { AgentRecord } from './agent.ts';
import type { RemovedKey } from './client-keys.ts';
import type { HashedSecret } from './client-secret.ts';
import type { OperatorAction } from './operator-change.ts';

/** What is to be done to an agent or an operator, decided by the state that it is in now. */
export interface ClientEdit {
  readonly action: OperatorAction;
  /** New values of what changes; `description` is null where it goes. */
  readonly fields?: Partial<ClientFields>;
  readonly addedKey?: PublicJwk;
  readonly addedSecret?: HashedSecret;
  readonly removedKey?: RemovedKey;
  /** Whether every token that the client has got so far is revoked. */
  readonly endsTokens?: true;
  readonly deletes?: true;
}

/** What is decided to be done; `undefined` is nothing. */
export type MaybeEdit = ClientEdit | undefined | Promise<ClientEdit | undefined>;

export type ClientFields = Pick<AgentRecord, 'name' | 'role' | 'status' | 'tokenTtlSeconds'> & {
  readonly description: string | null;
};
