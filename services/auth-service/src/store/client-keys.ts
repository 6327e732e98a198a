import type { PublicJwk } from '@4runr/contracts/token';
import type { ExpressionBuilder } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { AuthDatabase, AuthSchema } from './database-schema.ts';

/** The keys of each selected client, as the column `keys`. */
export function keysOfClient(builder: ExpressionBuilder<AuthSchema, 'clients'>) {
  return jsonArrayFrom(
    builder
      .selectFrom('client_keys')
      .select('public_jwk')
      .whereRef('client_keys.client', '=', 'clients.id')
      .orderBy('client_keys.created_at')
      .orderBy('client_keys.kid'),
  ).as('keys');
}

/** Stores the keys of a client that was inserted in the same transaction. */
export async function insertKeys(
  transaction: AuthDatabase,
  client: string,
  keys: readonly PublicJwk[],
): Promise<void> {
  if (keys.length === 0) return;
  await transaction
    .insertInto('client_keys')
    .values(keys.map((key) => ({ client, kid: key.kid, public_jwk: JSON.stringify(key) })))
    .execute();
}

/** Forgets a key of a client: from the end of the transaction on it proves nothing. */
export async function deleteKey(transaction: AuthDatabase, client: string, kid: string): Promise<void> {
  await transaction.deleteFrom('client_keys').where('client', '=', client).where('kid', '=', kid).execute();
}
