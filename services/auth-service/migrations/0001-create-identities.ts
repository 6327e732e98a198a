import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Clients (agents and operators) with their public keys, and the keys that access tokens are signed with. */
export const createIdentities: Migration = {
  async up(database: Kysely<unknown>) {
    const schema = database.schema.withSchema('auth');
    await schema
      .createTable('clients')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('position', 'bigint', (column) => column.generatedAlwaysAsIdentity().notNull().unique())
      .addColumn('kind', 'text', (column) => column.notNull().check(sql`kind in ('agent', 'operator')`))
      .addColumn('client_id', 'text', (column) => column.notNull().unique())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('description', 'text')
      .addColumn('status', 'text', (column) =>
        column.notNull().defaultTo('active').check(sql`status in ('active', 'suspended')`),
      )
      .addColumn('auth_method', 'text', (column) => column.notNull())
      .addColumn('epoch', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('version', 'integer', (column) => column.notNull().defaultTo(1))
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addCheckConstraint('only_operators_are_operators', sql`(kind = 'operator') = (role = 'operator')`)
      .execute();
    await schema
      .createTable('client_keys')
      .addColumn('client', 'text', (column) =>
        column.notNull().references('auth.clients.id').onDelete('cascade'),
      )
      .addColumn('kid', 'text', (column) => column.notNull())
      .addColumn('public_jwk', 'jsonb', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addPrimaryKeyConstraint('client_keys_pkey', ['client', 'kid'])
      .execute();
    await schema
      .createTable('signing_keys')
      .addColumn('kid', 'text', (column) => column.primaryKey())
      .addColumn('public_jwk', 'jsonb', (column) => column.notNull())
      .addColumn('sealed_private_jwk', 'text', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();
  },
};
