import type { ExpressionBuilder } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { HashedSecret } from '../domain/client-secret.ts';
import type { AuthDatabase, AuthSchema } from './database-schema.ts';

/** The secrets of each selected client, as the column `secrets`. */
export function secretsOfClient(builder: ExpressionBuilder<AuthSchema, 'clients'>) {
  return jsonArrayFrom(
    builder
      .selectFrom('client_secrets')
      .select(['kid', 'digest', 'created_at'])
      .whereRef('client_secrets.client', '=', 'clients.id')
      .orderBy('client_secrets.created_at')
      .orderBy('client_secrets.kid'),
  ).as('secrets');
}

/** Stores secrets of a client. */
export async function insertSecrets(
  transaction: AuthDatabase,
  client: string,
  secrets: readonly HashedSecret[],
): Promise<void> {
  if (secrets.length === 0) return;
  await transaction
    .insertInto('client_secrets')
    .values(secrets.map(({ kid, digest }) => ({ client, kid, digest })))
    .execute();
}

/** Forgets a secret of a client. @returns whether there was one */
export async function deleteSecret(transaction: AuthDatabase, client: string, kid: string): Promise<boolean> {
  const { numDeletedRows } = await transaction
    .deleteFrom('client_secrets')
    .where('client', '=', client)
    .where('kid', '=', kid)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
