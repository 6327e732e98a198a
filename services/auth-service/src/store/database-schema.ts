import type { AgentStatus, AuthMethod } from '@4runr/contracts/agent';
import type { PublicJwk } from '@4runr/contracts/token';
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType, Kysely } from 'kysely';
import type { ClientKind } from '../domain/client.ts';

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
  signing_keys: {
    kid: string;
    public_jwk: JSONColumnType<PublicJwk & object>;
    /** The private JWK as compact JWE, see `key-sealer.ts`. */
    sealed_private_jwk: string;
    created_at: CreationTime;
  };
}

type CreationTime = ColumnType<Date, never, never>;

export type AuthDatabase = Kysely<AuthSchema>;

/** Name of the schema that the service owns. */
export const schemaName = 'auth';
