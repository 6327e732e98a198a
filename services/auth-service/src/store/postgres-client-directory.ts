import { operatorScopes } from '@4runr/contracts/token';
import type { ClientDirectory } from '../domain/client.ts';
import { keysOfClient } from './client-keys.ts';
import { secretsOfClient } from './client-secrets.ts';
import type { AuthDatabase } from './database-schema.ts';

/** Clients as Postgres knows them now, in one query. */
export function createClientDirectory(database: AuthDatabase): ClientDirectory {
  return {
    async find(clientId) {
      const row = await database
        .selectFrom('clients')
        .select([
          'id',
          'kind',
          'client_id',
          'role',
          'status',
          'auth_method',
          'epoch',
          'token_ttl_seconds',
          'grantable_scopes',
        ])
        .select([keysOfClient, secretsOfClient])
        .where('client_id', '=', clientId)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { client_id, auth_method, token_ttl_seconds, grantable_scopes, keys, secrets, ...rest } = row;
      return {
        ...rest,
        clientId: client_id,
        authMethod: auth_method,
        keys: keys.map(({ public_jwk }) => public_jwk),
        secrets: secrets.map(({ kid, digest }) => ({ kid, digest })),
        tokenTtlSeconds: token_ttl_seconds,
        operatorScopes: rest.kind === 'operator' ? (grantable_scopes ?? operatorScopes) : [],
      };
    },
  };
}
