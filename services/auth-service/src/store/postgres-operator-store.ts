import { operatorRole, type PublicJwk, policyFilesClientId } from '@4runr/contracts/token';
import type { Selectable } from 'kysely';
import type { NewOperator, OperatorRecord, OperatorStore } from '../domain/operator.ts';
import type { ChangeOrigin } from '../domain/operator-change.ts';
import { applyEdit } from './apply-client-edit.ts';
import { insertKeys, keysOfClient } from './client-keys.ts';
import type { AuthDatabase, AuthSchema } from './database-schema.ts';
import { recordOperatorChange } from './operator-changes.ts';
import { snapshotOperator } from './operator-snapshot.ts';

/** Operators in Postgres: the clients of that kind. */
export function createOperatorStore(database: AuthDatabase): OperatorStore {
  return {
    list: () => readOperators(database),

    enrol: (operator, origin) =>
      database.transaction().execute((transaction) => enrolOperator(transaction, operator, origin)),

    change: (name, origin, decide) =>
      database.transaction().execute(async (transaction) => {
        await lockOperators(transaction);
        const operators = await readOperators(transaction);
        const before = operators.find(({ id, clientId }) => id === name || clientId === name);
        if (before === undefined) return undefined;
        const others = operators.filter(
          ({ id, clientId }) => id !== before.id && clientId !== policyFilesClientId,
        );
        const edit = await decide(before, { isLastActive: others.every(isSuspended) });
        if (edit === undefined) return { operator: before, edit };
        await applyEdit(transaction, before, edit);
        const after = (await readOperators(transaction)).find(({ id }) => id === before.id);
        await recordOperatorChange(transaction, {
          ...origin,
          action: edit.action,
          target: { type: 'operator', id: before.id },
          before: await snapshotOperator(before),
          after: after === undefined ? null : await snapshotOperator(after),
        });
        return { operator: after ?? before, edit };
      }),
  };
}

/** Enrols an operator in a transaction that may do more. */
export async function enrolOperator(
  transaction: AuthDatabase,
  { id, clientId, name, grantableScopes, keys }: NewOperator,
  origin: ChangeOrigin,
): Promise<OperatorRecord> {
  const row = await transaction
    .insertInto('clients')
    .values({
      id,
      kind: 'operator',
      client_id: clientId,
      name,
      role: operatorRole,
      auth_method: 'private_key_jwt',
      grantable_scopes: grantableScopes ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await insertKeys(transaction, id, keys);
  const enrolled = toRecord(row, keys);
  await recordOperatorChange(transaction, {
    ...origin,
    action: 'operator.enrol',
    target: { type: 'operator', id },
    before: null,
    after: await snapshotOperator(enrolled),
  });
  return enrolled;
}

/** Makes other changes of operators wait until this transaction ends. In one order, so that none waits for the other. */
async function lockOperators(transaction: AuthDatabase): Promise<void> {
  await transaction
    .selectFrom('clients')
    .select('id')
    .where('kind', '=', 'operator')
    .orderBy('id')
    .forUpdate()
    .execute();
}

async function readOperators(database: AuthDatabase): Promise<readonly OperatorRecord[]> {
  const rows = await database
    .selectFrom('clients')
    .selectAll('clients')
    .select(keysOfClient)
    .where('kind', '=', 'operator')
    .orderBy('position')
    .execute();
  return rows.map((row) =>
    toRecord(
      row,
      row.keys.map(({ public_jwk }) => public_jwk),
    ),
  );
}

function isSuspended({ status }: OperatorRecord): boolean {
  return status === 'suspended';
}

function toRecord(row: Selectable<AuthSchema['clients']>, keys: readonly PublicJwk[]): OperatorRecord {
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    status: row.status,
    grantableScopes: row.grantable_scopes ?? undefined,
    keys,
    removedKeys: row.removed_keys,
    epoch: row.epoch,
    version: row.version,
    createdAt: row.created_at,
  };
}
