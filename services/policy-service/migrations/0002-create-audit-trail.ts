import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * The audit trail, a partition for each month; the service makes and drops these. Items are found by columns, which are null
 * where they mean nothing for the kind, and shown from `body`. Newest first is the order of the primary key backwards.
 */
export const createAuditTrail: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .withSchema('policy')
      .createTable('audit_items')
      .addColumn('id', sql`text collate "C"`, (column) => column.notNull())
      .addColumn('at', 'timestamptz', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('agent', 'text')
      .addColumn('tool', 'text')
      .addColumn('action', 'text')
      .addColumn('outcome', 'text')
      .addColumn('body', 'jsonb', (column) => column.notNull())
      .addPrimaryKeyConstraint('audit_items_pkey', ['at', 'id'])
      .addCheckConstraint(
        'operators_changes_are_of_no_agent',
        sql`kind <> 'operator_change' or agent is null`,
      )
      .modifyEnd(sql`partition by range (at)`)
      .execute();
    await sql`
      create index audit_items_agent on policy.audit_items (agent, at desc, id desc)
      where agent is not null`.execute(database);
    await sql`create index audit_items_kind on policy.audit_items (kind, at desc, id desc)`.execute(database);
  },
};
