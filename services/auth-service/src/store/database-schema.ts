import type { AgentStatus, AuthMethod } from '@4runr/contracts/agent';
import type { Revocation } from '@4runr/contracts/revocation';
import type { OperatorScope, PublicJwk } from '@4runr/contracts/token';
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType, Kysely } from 'kysely';
import type { ClientKind } from '../domain/client.ts';
import type { ChangeTarget, OperatorAction, Snapshot } from '../domain/operator-change.ts';
import type { SigningKeyState } from '../domain/signing-key-states.ts';

/** The tables of the schema `auth`. */
export interface AuthSchema {
  clients: {
    id: string;
    /** Order of registration. pg hands bigint over as text. */
    position: GeneratedAlways<string>;
    kind: ClientKind;
    client_id: string;
    name: string;
    role: string;
    description: string | null;
    status: Generated<AgentStatus>;
    auth_method: AuthMethod;
    epoch: Generated<number>;
    token_ttl_seconds: Generated<number>;
    /** Of an operator, null for all; of an agent always null. */
    grantable_scopes: readonly OperatorScope[] | null;
    /** Names, kids and thumbprints, of the last keys and secrets that were removed, newest last. */
    removed_keys: Generated<readonly string[]>;
    version: Generated<number>;
    created_at: CreationTime;
    updated_at: Generated<Date>;
  };
  client_keys: {
    client: string;
    kid: string;
    public_jwk: JSONColumnType<PublicJwk & object>;
    created_at: CreationTime;
  };
  client_secrets: {
    client: string;
    /** `sec_…` */
    kid: string;
    /** Keyed hash in base64url, see `client-secret.ts`. */
    digest: string;
    created_at: CreationTime;
  };
  /** Secrets of the service itself, each as compact JWE, see `key-sealer.ts`. */
  sealed_secrets: {
    name: string;
    sealed: string;
    created_at: CreationTime;
  };
  signing_keys: {
    kid: string;
    public_jwk: JSONColumnType<PublicJwk & object>;
    /** The private JWK as compact JWE, see `key-sealer.ts`; null once the key is retired. */
    sealed_private_jwk: string | null;
    state: SigningKeyState;
    created_at: ColumnType<Date, Date, never>;
    activated_at: Date | null;
    retired_at: Date | null;
  };
  credentials: {
    tool: string;
    /** Of the newest version; 0 while there never was one. */
    version: Generated<number>;
    /** Null where there is no credential, or none any more. */
    created_at: Date | null;
  };
  credential_versions: {
    tool: string;
    version: number;
    /** Names of the members, sorted. */
    fields: readonly string[];
    /** The members as JSON, sealed, see `key-sealer.ts`; null where they were erased. */
    sealed_fields: string | null;
    created_at: CreationTime;
    /** `sub` of the operator. */
    created_by: string;
  };
  /** What was revoked, until it cannot matter any more. */
  revocations: {
    kind: Revocation['kind'];
    /** `jti` of a token, `sub` of a client. */
    subject: string;
    /** The epoch that the client was raised to; 0 for a token. */
    epoch: number;
    expires_at: Date;
    decided_at: Date;
    /** When Redis had it; null until then. */
    published_at: Date | null;
  };
  /** What operators changed, on its way to the audit stream. */
  operator_changes: {
    /** Order of the changes. */
    position: GeneratedAlways<string>;
    id: string;
    at: CreationTime;
    operator: string;
    action: OperatorAction;
    target_type: ChangeTarget['type'];
    target_id: string;
    before: JSONColumnType<Snapshot> | null;
    after: JSONColumnType<Snapshot> | null;
    trace_id: string | null;
    published_at: Date | null;
  };
}

type CreationTime = ColumnType<Date, never, never>;

export type AuthDatabase = Kysely<AuthSchema>;

/** Name of the schema that the service owns. */
export const schemaName = 'auth';
