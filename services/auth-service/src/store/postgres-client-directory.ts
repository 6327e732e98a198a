import type { ClientDirectory } from '../domain/client.ts';
import { keysOfClient } from './client-keys.ts';
import type { AuthDatabase } from './database-schema.ts';

/** Clients as Postgres knows them now, in one query. */
export function createClientDirectory(database: AuthDatabase): ClientDirectory {
  return {
    async find(clientId) {
      const row = await database
        .selectFrom('clients')
        .select(['id', 'kind', 'client_id', 'role', 'status', 'auth_method', 'epoch'])
        .select(keysOfClient)
        .where('client_id', '=', clientId)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { client_id, auth_method, keys, ...rest } = row;
      return {
        ...rest,
        clientId: client_id,
        authMethod: auth_method,
        keys: keys.map(({ public_jwk }) => public_jwk),
      };
    },
  };
}
