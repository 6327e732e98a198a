import { revokeClient } from '@4runr/contracts/revocation';
import { type Selectable, sql, type Updateable } from 'kysely';
import type { ClientKind } from '../domain/client.ts';
import type { ClientEdit } from '../domain/client-edit.ts';
import type { RemovedKey } from '../domain/client-keys.ts';
import { deleteKey, insertKeys } from './client-keys.ts';
import { deleteSecret, insertSecrets } from './client-secrets.ts';
import type { AuthDatabase, AuthSchema } from './database-schema.ts';
import { insertRevocation } from './postgres-revocations.ts';

/** What has to be known of a client to change it. */
export type EditedClient = Pick<Selectable<AuthSchema['clients']>, 'id' | 'epoch' | 'version'> & {
  readonly removedKeys: readonly string[];
};

/**
 * Makes other changes of a client wait until this transaction ends. What it holds has to be read after that: the statement
 * that waited still shows the keys of before.
 *
 * @returns whether there is such a client
 */
export async function lockClient(
  transaction: AuthDatabase,
  { id, kind }: { id: string; kind: ClientKind },
): Promise<boolean> {
  const row = await transaction
    .selectFrom('clients')
    .select('id')
    .where('id', '=', id)
    .where('kind', '=', kind)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** Carries an edit out, and stores the revocation that goes with it. The transaction has locked the client. */
export async function applyEdit(
  transaction: AuthDatabase,
  client: EditedClient,
  edit: ClientEdit,
): Promise<void> {
  const epoch = edit.endsTokens === true ? client.epoch + 1 : client.epoch;
  if (edit.deletes === true) {
    await transaction.deleteFrom('clients').where('id', '=', client.id).execute();
  } else {
    const { tokenTtlSeconds, ...columns } = edit.fields ?? {};
    const ttl = tokenTtlSeconds === undefined ? {} : { token_ttl_seconds: tokenTtlSeconds };
    const removed =
      edit.removedKey === undefined ? {} : { removed_keys: removedNames(client, edit.removedKey) };
    await updateClient(transaction, client, { ...columns, ...ttl, ...removed, epoch });
    await applyToCredentials(transaction, client.id, edit);
  }
  if (epoch === client.epoch) return;
  const atMs = Date.now();
  await insertRevocation(transaction, { revocation: revokeClient({ sub: client.id, epoch, atMs }), atMs });
}

/** Most names of removed keys that are remembered of a client: those of the last twenty keys, at least. */
const removedNamesMax = 40;

function removedNames({ removedKeys }: EditedClient, { names }: RemovedKey): readonly string[] {
  return [...new Set([...removedKeys, ...names])].slice(-removedNamesMax);
}

async function applyToCredentials(
  transaction: AuthDatabase,
  id: string,
  { addedKey, addedSecret, removedKey }: ClientEdit,
): Promise<void> {
  if (addedKey !== undefined) await insertKeys(transaction, id, [addedKey]);
  if (addedSecret !== undefined) await insertSecrets(transaction, id, [addedSecret]);
  if (removedKey === undefined) return;
  await deleteKey(transaction, id, removedKey.kid);
  await deleteSecret(transaction, id, removedKey.kid);
}

async function updateClient(
  transaction: AuthDatabase,
  client: EditedClient,
  columns: Updateable<AuthSchema['clients']>,
): Promise<void> {
  await transaction
    .updateTable('clients')
    .set({ ...columns, version: client.version + 1, updated_at: sql`clock_timestamp()` })
    .where('id', '=', client.id)
    .execute();
}
