import { revokeClient } from '@4runr/contracts/revocation';
import { sql, type Updateable } from 'kysely';
import type { AgentRecord } from '../domain/agent.ts';
import type { AgentEdit } from '../domain/agent-edit.ts';
import { deleteKey, insertKeys } from './client-keys.ts';
import { deleteSecret, insertSecrets } from './client-secrets.ts';
import type { AuthDatabase, AuthSchema } from './database-schema.ts';
import { insertRevocation } from './postgres-revocations.ts';

/**
 * Makes other changes of an agent wait until this transaction ends. What it holds has to be read after that: the statement
 * that waited still shows the keys of before.
 *
 * @returns whether there is such an agent
 */
export async function lockAgent(transaction: AuthDatabase, id: string): Promise<boolean> {
  const row = await transaction
    .selectFrom('clients')
    .select('id')
    .where('id', '=', id)
    .where('kind', '=', 'agent')
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** Carries an edit out, and stores the revocation that goes with it. The transaction has locked the agent. */
export async function applyEdit(
  transaction: AuthDatabase,
  agent: AgentRecord,
  edit: AgentEdit,
): Promise<void> {
  const epoch = edit.endsTokens === true ? agent.epoch + 1 : agent.epoch;
  if (edit.deletes === true) {
    await transaction.deleteFrom('clients').where('id', '=', agent.id).execute();
  } else {
    const { tokenTtlSeconds = agent.tokenTtlSeconds, ...columns } = edit.fields ?? {};
    await updateClient(transaction, agent, { ...columns, token_ttl_seconds: tokenTtlSeconds, epoch });
    await applyToCredentials(transaction, agent.id, edit);
  }
  if (epoch === agent.epoch) return;
  const atMs = Date.now();
  await insertRevocation(transaction, { revocation: revokeClient({ sub: agent.id, epoch, atMs }), atMs });
}

async function applyToCredentials(
  transaction: AuthDatabase,
  id: string,
  { addedKey, addedSecret, removedKid }: AgentEdit,
): Promise<void> {
  if (addedKey !== undefined) await insertKeys(transaction, id, [addedKey]);
  if (addedSecret !== undefined) await insertSecrets(transaction, id, [addedSecret]);
  if (removedKid === undefined) return;
  await deleteKey(transaction, id, removedKid);
  await deleteSecret(transaction, id, removedKid);
}

async function updateClient(
  transaction: AuthDatabase,
  agent: AgentRecord,
  columns: Updateable<AuthSchema['clients']>,
): Promise<void> {
  await transaction
    .updateTable('clients')
    .set({ ...columns, version: agent.version + 1, updated_at: sql`clock_timestamp()` })
    .where('id', '=', agent.id)
    .execute();
}
