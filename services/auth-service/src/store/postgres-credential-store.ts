import { type CredentialFields, credentialPurpose } from '@4runr/contracts/credential';
import { sql } from 'kysely';
import type {
  CredentialChange,
  CredentialRecord,
  CredentialStore,
  SealedCredential,
} from '../domain/credential.ts';
import type { OperatorAction, Snapshot } from '../domain/operator-change.ts';
import type { AuthDatabase } from './database-schema.ts';
import type { KeySealer } from './key-sealer.ts';
import { recordOperatorChange } from './operator-changes.ts';

/** How many versions stay sealed: the one in use, and the one that it replaced. */
const sealedVersions = 2;

/** Credentials in Postgres, each version sealed for itself. Changes of one tool wait for each other. */
export function createCredentialStore(database: AuthDatabase, sealer: KeySealer): CredentialStore {
  return {
    put: (tool, fields, change) =>
      database.transaction().execute(async (transaction) => {
        await makeLockable(transaction, tool);
        const { version: newest, current } = await lockCredential(transaction, tool);
        change.assertChangeable(current);
        const version = newest + 1;
        const sealed = await sealer.seal(JSON.stringify(fields), credentialPurpose(tool, version));
        const names = Object.keys(fields).sort();
        const updatedBy = change.origin.operator;
        await insertVersion(transaction, { tool, version, fields: names, sealed, updatedBy });
        await eraseSecrets(transaction, tool, version - sealedVersions);
        const record = await readRecord(transaction, tool);
        await recordChange(transaction, 'credential.put', { tool, before: current, after: record, change });
        return { record, isFirst: current === undefined };
      }),

    delete: (tool, change) =>
      database.transaction().execute(async (transaction) => {
        const { version, current } = await lockCredential(transaction, tool);
        change.assertChangeable(current);
        if (current === undefined) return false;
        await eraseSecrets(transaction, tool, version);
        await transaction
          .updateTable('credentials')
          .set({ created_at: null })
          .where('tool', '=', tool)
          .execute();
        await recordChange(transaction, 'credential.delete', {
          tool,
          before: current,
          after: undefined,
          change,
        });
        return true;
      }),

    async find(tool) {
      const row = await present(database).where('credentials.tool', '=', tool).executeTakeFirst();
      return row === undefined ? undefined : toSealed(row, sealer);
    },

    async list() {
      const rows = await present(database).orderBy('credentials.tool').execute();
      return rows.map(toRecord);
    },
  };
}

/** The newest version of each tool that has a credential now. */
function present(database: AuthDatabase) {
  return database
    .selectFrom('credentials')
    .innerJoin('credential_versions as newest', (join) =>
      join.onRef('newest.tool', '=', 'credentials.tool').onRef('newest.version', '=', 'credentials.version'),
    )
    .select(['credentials.tool', 'credentials.version', 'newest.fields', 'newest.sealed_fields'])
    .select(['credentials.created_at', 'newest.created_at as updated_at', 'newest.created_by'])
    .where('credentials.created_at', 'is not', null);
}

interface PresentRow {
  readonly tool: string;
  readonly version: number;
  readonly fields: readonly string[];
  readonly sealed_fields: string | null;
  readonly created_at: Date | null;
  readonly updated_at: Date;
  readonly created_by: string;
}

function toRecord(row: PresentRow): CredentialRecord {
  const { tool, version, fields, created_at, updated_at, created_by } = row;
  return {
    tool,
    version,
    fields,
    createdAt: created_at ?? updated_at,
    updatedAt: updated_at,
    updatedBy: created_by,
  };
}

function toSealed(row: PresentRow, sealer: KeySealer): SealedCredential {
  return {
    record: toRecord(row),
    open: async () => {
      const purpose = credentialPurpose(row.tool, row.version);
      return JSON.parse(await sealer.open(row.sealed_fields ?? '', purpose)) as CredentialFields;
    },
  };
}

/** Gives a tool that never had a credential a row, gone again if the transaction fails: only what exists can be locked. */
async function makeLockable(transaction: AuthDatabase, tool: string): Promise<void> {
  await transaction
    .insertInto('credentials')
    .values({ tool, created_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The state of a tool, which nobody else changes until the transaction ends. */
async function lockCredential(
  transaction: AuthDatabase,
  tool: string,
): Promise<{ version: number; current: CredentialRecord | undefined }> {
  const locked = await transaction
    .selectFrom('credentials')
    .select('version')
    .where('tool', '=', tool)
    .forUpdate()
    .executeTakeFirst();
  const row = await present(transaction).where('credentials.tool', '=', tool).executeTakeFirst();
  return { version: locked?.version ?? 0, current: row === undefined ? undefined : toRecord(row) };
}

async function insertVersion(
  transaction: AuthDatabase,
  added: { tool: string; version: number; fields: readonly string[]; sealed: string; updatedBy: string },
): Promise<void> {
  const { tool, version, fields, sealed, updatedBy } = added;
  const { created_at } = await transaction
    .insertInto('credential_versions')
    .values({ tool, version, fields, sealed_fields: sealed, created_by: updatedBy })
    .returning('created_at')
    .executeTakeFirstOrThrow();
  await transaction
    .updateTable('credentials')
    .set({ version, created_at: sql`coalesce(created_at, ${created_at})` })
    .where('tool', '=', tool)
    .execute();
}

/** Erases the secrets of a tool's versions up to one, that one included. */
async function eraseSecrets(transaction: AuthDatabase, tool: string, upTo: number): Promise<void> {
  await transaction
    .updateTable('credential_versions')
    .set({ sealed_fields: null })
    .where('tool', '=', tool)
    .where('version', '<=', upTo)
    .where('sealed_fields', 'is not', null)
    .execute();
}

async function readRecord(transaction: AuthDatabase, tool: string): Promise<CredentialRecord> {
  return toRecord(await present(transaction).where('credentials.tool', '=', tool).executeTakeFirstOrThrow());
}

function recordChange(
  transaction: AuthDatabase,
  action: OperatorAction,
  changed: {
    tool: string;
    before: CredentialRecord | undefined;
    after: CredentialRecord | undefined;
    change: CredentialChange;
  },
): Promise<void> {
  const { tool, before, after, change } = changed;
  return recordOperatorChange(transaction, {
    ...change.origin,
    action,
    target: { type: 'credential', id: tool },
    before: toSnapshot(before),
    after: toSnapshot(after),
  });
}

/** What the audit trail shows of a credential: which members it has, never what they are. */
function toSnapshot(record: CredentialRecord | undefined): Snapshot | null {
  return record === undefined ? null : { version: record.version, fields: record.fields };
}
