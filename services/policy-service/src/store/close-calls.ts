import { sql } from 'kysely';
import type { PolicyDatabase } from './database-schema.ts';

/**
 * Closes calls that were allowed before this moment and have no outcome, the oldest first. Replicas share the work: each
 * leaves alone what another has at hand. An outcome that comes later takes the place of `unknown`, and `closedAt` stays.
 *
 * @returns how many there were
 */
export async function closeCalls(database: PolicyDatabase, before: Date, limit: number): Promise<number> {
  const closed = { outcome: 'unknown', closedAt: new Date().toISOString() };
  const { numAffectedRows } = await sql`
    with open as (
      select at, id from policy.audit_items
      where kind = 'call' and outcome is null and at < ${before}
      order by at, id limit ${limit}
      for update skip locked
    )
    update policy.audit_items as item
    set outcome = ${closed.outcome}, body = item.body || ${JSON.stringify(closed)}::jsonb
    from open where item.at = open.at and item.id = open.id`.execute(database);
  return Number(numAffectedRows);
}
