import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Credentials of providers by tool. A version's number stays when its secret is erased, so that none comes twice. */
export const createCredentials: Migration = {
  async up(database: Kysely<unknown>) {
    const schema = database.schema.withSchema('auth');
    await schema
      .createTable('credentials')
      .addColumn('tool', 'text', (column) => column.primaryKey())
      .addColumn('version', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('created_at', 'timestamptz')
      .execute();
    await schema
      .createTable('credential_versions')
      .addColumn('tool', 'text', (column) => column.notNull().references('auth.credentials.tool'))
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('fields', sql`text[]`, (column) => column.notNull())
      .addColumn('sealed_fields', 'text')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`clock_timestamp()`))
      .addColumn('created_by', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('credential_versions_pkey', ['tool', 'version'])
      .execute();
  },
};
