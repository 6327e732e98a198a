import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Policies: every version that ever was, which one is active, and a number that rises with every change of what is active,
 * whoever makes it, so that replicas notice with one small query.
 */
export const createPolicies: Migration = {
  async up(database: Kysely<unknown>) {
    const schema = database.schema.withSchema('policy');
    await schema
      .createTable('policy_versions')
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('version', 'text', (column) => column.notNull())
      .addColumn('document', 'jsonb', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addPrimaryKeyConstraint('policy_versions_pkey', ['name', 'number'])
      .addCheckConstraint('documents_carry_their_name', sql`document ->> 'name' = name`)
      .execute();
    await schema
      .createTable('policies')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addForeignKeyConstraint('active_version', ['name', 'number'], 'policy.policy_versions', [
        'name',
        'number',
      ])
      .execute();
    await createRevision(database);
  },
};

/** Writers of policies take turns at the one row, so that a reader never sees a later number before an earlier change. */
async function createRevision(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .withSchema('policy')
    .createTable('revision')
    .addColumn('only_row', 'boolean', (column) => column.primaryKey().defaultTo(true).check(sql`only_row`))
    .addColumn('number', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`insert into policy.revision default values`.execute(database);
  await sql`
    create function policy.raise_revision() returns trigger language plpgsql as $$
    begin
      update policy.revision set number = number + 1;
      return null;
    end
    $$`.execute(database);
  await sql`
    create trigger raise_revision after insert or update or delete or truncate on policy.policies
    for each statement execute function policy.raise_revision()`.execute(database);
}
