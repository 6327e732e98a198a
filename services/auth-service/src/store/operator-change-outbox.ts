import type { OperatorChange } from '@4runr/contracts/audit';
import { type Selectable, sql } from 'kysely';
import type { AuthDatabase, AuthSchema } from './database-schema.ts';

/** Most changes that are relayed at once. */
const batchMax = 200;

/** Oldest changes that are not known to be in the audit stream, held for this transaction alone. */
export async function claimUnpublishedChanges(transaction: AuthDatabase): Promise<readonly OperatorChange[]> {
  const rows = await transaction
    .selectFrom('operator_changes')
    .selectAll()
    .where('published_at', 'is', null)
    .orderBy('position')
    .limit(batchMax)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(toOperatorChange);
}

export async function markChangesPublished(
  transaction: AuthDatabase,
  changes: readonly OperatorChange[],
): Promise<void> {
  await transaction
    .updateTable('operator_changes')
    .set({ published_at: sql`clock_timestamp()` })
    .where(
      'id',
      'in',
      changes.map(({ id }) => id),
    )
    .execute();
}

/**
 * Has the changes of the last day relayed once more: whoever stores them may not have done so before Redis lost them, and
 * knows those that it has by their id.
 */
export async function requeueChanges(database: AuthDatabase): Promise<void> {
  await database
    .updateTable('operator_changes')
    .set({ published_at: null })
    .where('published_at', '>', sql<Date>`now() - interval '1 day'`)
    .execute();
}

/** Forgets changes that were relayed a week ago: the audit trail has them for good. */
export async function forgetOldChanges(database: AuthDatabase): Promise<void> {
  await database
    .deleteFrom('operator_changes')
    .where('published_at', '<', sql<Date>`now() - interval '7 days'`)
    .execute();
}

function toOperatorChange(row: Selectable<AuthSchema['operator_changes']>): OperatorChange {
  return {
    kind: 'operator_change',
    id: row.id,
    at: row.at.toISOString(),
    operator: row.operator,
    action: row.action,
    target: { type: row.target_type, id: row.target_id },
    before: row.before,
    after: row.after,
    traceId: row.trace_id,
  };
}
