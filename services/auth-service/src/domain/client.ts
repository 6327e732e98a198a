import type { AgentStatus, AuthMethod } from '@4runr/contracts/agent';
import type { OperatorScope, PublicJwk } from '@4runr/contracts/token';
import type { HashedSecret } from './client-secret.ts';

/** Agents call tools; operators administer. Both are OAuth clients and authenticate alike. */
export type ClientKind = 'agent' | 'operator';

/** What the token endpoint has to know of a client. */
export interface Client {
  /** `agt_…` or `opr_…`; the `sub` of its tokens. */
  readonly id: string;
  readonly kind: ClientKind;
  readonly clientId: string;
  readonly role: string;
  readonly status: AgentStatus;
  readonly authMethod: AuthMethod;
  /** Raised to revoke every token of the client that was issued before. */
  readonly epoch: number;
  readonly keys: readonly PublicJwk[];
  readonly secrets: readonly HashedSecret[];
  readonly tokenTtlSeconds: number;
  /** What an operator's tokens may carry; empty for an agent. */
  readonly operatorScopes: readonly OperatorScope[];
}

/** Finds clients as they are now: never from a cache, so that a suspension holds at once. */
export interface ClientDirectory {
  find(clientId: string): Promise<Client | undefined>;
}
