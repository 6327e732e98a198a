import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Secrets of clients as keyed hashes, the key of those hashes as a secret sealed by the KEK, and the life of each client's tokens. */
export const clientSecretsAndTokenTtl: Migration = {
  async up(database: Kysely<unknown>) {
    const schema = database.schema.withSchema('auth');
    await schema
      .createTable('client_secrets')
      .addColumn('client', 'text', (column) =>
        column.notNull().references('auth.clients.id').onDelete('cascade'),
      )
      .addColumn('kid', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addPrimaryKeyConstraint('client_secrets_pkey', ['client', 'kid'])
      .execute();
    await schema
      .createTable('sealed_secrets')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('sealed', 'text', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();
    await schema
      .alterTable('clients')
      .addColumn('token_ttl_seconds', 'integer', (column) =>
        column.notNull().defaultTo(900).check(sql`token_ttl_seconds between 60 and 3600`),
      )
      .execute();
  },
};
