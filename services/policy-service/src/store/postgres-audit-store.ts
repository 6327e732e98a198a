import { sql } from 'kysely';
import { type AuditEntry, type AuditStore, mergeCalls } from '../domain/audit-trail.ts';
import { makePartitions } from './audit-partitions.ts';
import type { PolicyDatabase } from './database-schema.ts';

/** The audit trail in Postgres, as it is written. */
export function createAuditStore(database: PolicyDatabase): AuditStore {
  return {
    async append(entries) {
      try {
        await insertAnywhere(database, entries);
        return new Map();
      } catch (error) {
        if (!isUnstorable(error)) throw error;
        return appendOneByOne(database, entries);
      }
    },
  };
}

/** One that cannot be stored must not keep the others from it. */
async function appendOneByOne(
  database: PolicyDatabase,
  entries: readonly AuditEntry[],
): Promise<ReadonlyMap<AuditEntry, Error>> {
  const unstorable = new Map<AuditEntry, Error>();
  for (const entry of entries) {
    try {
      await insertAnywhere(database, [entry]);
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      unstorable.set(entry, error);
    }
  }
  return unstorable;
}

/** Partitions are made ahead; what waited for months, or comes in a month that begins now, may still lack its own. */
async function insertAnywhere(database: PolicyDatabase, entries: readonly AuditEntry[]): Promise<void> {
  try {
    await insertAuditEntries(database, entries);
  } catch (error) {
    if (!isWithoutPartition(error)) throw error;
    const moments = entries.map(({ at }) => at);
    await makePartitions(database, moments);
    await insertAuditEntries(database, entries);
  }
}

/** Whether what is stored of a call lacks something of what comes: it may come again. */
const isNewPart = sql<boolean>`audit_items.kind = 'call' and not audit_items.body @> excluded.body`;

/** Within the caller's transaction, if it has one. Fails with what `isWithoutPartition` recognises where a month has none yet. */
export async function insertAuditEntries(
  database: PolicyDatabase,
  entries: readonly AuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await database
    .insertInto('audit_items')
    .values(mergeCalls(entries).map((entry) => ({ ...entry, body: JSON.stringify(entry.body) })))
    .onConflict((conflict) =>
      conflict
        .columns(['at', 'id'])
        .doUpdateSet({
          body: sql`audit_items.body || excluded.body`,
          outcome: sql`coalesce(excluded.outcome, audit_items.outcome)`,
        })
        .where(isNewPart),
    )
    .execute();
}

/** What Postgres says of a row that it will never take: SQLSTATE classes data exception and constraint violation. */
function isUnstorable(error: unknown): error is Error {
  return !isWithoutPartition(error) && /^2[23]/.test(sqlStateOf(error));
}

/** Missing partitions have the SQLSTATE of check constraints, but no constraint that is violated. */
export function isWithoutPartition(error: unknown): boolean {
  return sqlStateOf(error) === '23514' && (error as { constraint?: unknown }).constraint === undefined;
}

function sqlStateOf(error: unknown): string {
  return error instanceof Error ? String((error as { code?: unknown }).code ?? '') : '';
}
