import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What was revoked and still matters, and what operators changed: both on their way to Redis until `published_at` is set. */
export const revocationsAndChanges: Migration = {
  async up(database: Kysely<unknown>) {
    const schema = database.schema.withSchema('auth');
    await schema
      .createTable('revocations')
      .addColumn('kind', 'text', (column) => column.notNull().check(sql`kind in ('token', 'client')`))
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('epoch', 'integer', (column) => column.notNull())
      .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
      .addColumn('decided_at', 'timestamptz', (column) => column.notNull())
      .addColumn('published_at', 'timestamptz')
      .addPrimaryKeyConstraint('revocations_pkey', ['kind', 'subject', 'epoch'])
      .addCheckConstraint('only_clients_have_epochs', sql`kind = 'client' or epoch = 0`)
      .execute();
    await sql`create index revocations_unpublished on auth.revocations (decided_at) where published_at is null`.execute(
      database,
    );
    await sql`create index revocations_expiry on auth.revocations (expires_at)`.execute(database);
    await schema
      .createTable('operator_changes')
      .addColumn('position', 'bigint', (column) => column.generatedAlwaysAsIdentity().primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addColumn('operator', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('target_type', 'text', (column) => column.notNull())
      .addColumn('target_id', 'text', (column) => column.notNull())
      .addColumn('before', 'jsonb')
      .addColumn('after', 'jsonb')
      .addColumn('trace_id', 'text')
      .addColumn('published_at', 'timestamptz')
      .execute();
    await sql`create index operator_changes_unpublished on auth.operator_changes (position) where published_at is null`.execute(
      database,
    );
    await sql`create index operator_changes_published on auth.operator_changes (published_at)`.execute(
      database,
    );
  },
};
