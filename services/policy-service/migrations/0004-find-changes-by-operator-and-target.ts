import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Changes by operators are found by who made them and by what was changed. Both are in `body` alone: so those are found too
 * that were stored before, or by a replica that does not know of this.
 */
export const findChangesByOperatorAndTarget: Migration = {
  async up(database: Kysely<unknown>) {
    await sql`
      create index audit_items_operator on policy.audit_items ((body ->> 'operator'), at desc, id desc)
      where kind = 'operator_change'`.execute(database);
    await sql`
      create index audit_items_target on policy.audit_items ((body #>> '{target,id}'), at desc, id desc)
      where kind = 'operator_change'`.execute(database);
  },
};
