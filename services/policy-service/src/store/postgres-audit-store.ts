import type { AuditRecord } from '@4runr/contracts/audit';
import { sql } from 'kysely';
import { type AuditEntry, type AuditStore, type AuditTrail, mergeCalls } from '../domain/audit-trail.ts';
import { makePartitions } from './audit-partitions.ts';
import type { PolicyDatabase } from './database-schema.ts';

const filterColumns = ['kind', 'agent', 'tool', 'action', 'outcome'] as const;

/** What changes by operators are found by, written as in their indexes (migration 0004). */
const changeFilters = [
  ['operator', sql<string>`body ->> 'operator'`],
  ['target', sql<string>`body #>> '{target,id}'`],
] as const;
const isChange = sql<boolean>`kind = 'operator_change'`;

/** What is encrypted stays where it is. */
const shownBody = sql<AuditRecord>`body - 'sealedFacts'`;

/** The audit trail in Postgres. */
export function createAuditStore(database: PolicyDatabase): AuditStore & AuditTrail {
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

    async list({ limit, after, from, to, ...filters }) {
      const rows = await database
        .selectFrom('audit_items')
        .select(['at', 'id', shownBody.as('body')])
        .where(({ eb, and }) =>
          and([
            ...filterColumns.flatMap((column) =>
              filters[column] === undefined ? [] : eb(column, '=', filters[column]),
            ),
            ...changeFilters.flatMap(([name, value]) =>
              filters[name] === undefined ? [] : [isChange, eb(value, '=', filters[name])],
            ),
          ]),
        )
        .$if(from !== undefined, (query) => query.where('at', '>=', new Date(from ?? 0)))
        .$if(to !== undefined, (query) => query.where('at', '<', new Date(to ?? 0)))
        .$if(after !== undefined, (query) =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('at', 'id'), '<', tuple(after?.at ?? new Date(0), after?.id ?? '')),
          ),
        )
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const page = rows.slice(0, limit);
      return {
        items: page.map(({ body }) => body),
        next: rows.length > limit ? page.at(-1) : undefined,
      };
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
    .values([...mergeCalls(entries)])
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
