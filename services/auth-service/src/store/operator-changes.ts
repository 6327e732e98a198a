import { newId } from '../domain/new-id.ts';
import type { OperatorChange, Snapshot } from '../domain/operator-change.ts';
import type { AuthDatabase } from './database-schema.ts';

/**
 * Records a change in the transaction that makes it: there is no change without its record, and no record of a change
 * that failed. From here it is relayed to the audit trail.
 *
 * @param transaction the one that makes the change
 */
export async function recordOperatorChange(transaction: AuthDatabase, change: OperatorChange): Promise<void> {
  const { operator, action, target, before, after, traceId } = change;
  await transaction
    .insertInto('operator_changes')
    .values({
      id: newId('chg'),
      operator,
      action,
      target_type: target.type,
      target_id: target.id,
      before: toJson(before),
      after: toJson(after),
      trace_id: traceId,
    })
    .execute();
}

function toJson(snapshot: Snapshot | null): string | null {
  return snapshot === null ? null : JSON.stringify(snapshot);
}
