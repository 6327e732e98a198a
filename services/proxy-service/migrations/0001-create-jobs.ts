import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Calls that are carried out later. Their turn comes by the queue, which pg-boss keeps in tables of its own beside this one. */
export const createJobs: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .withSchema('proxy')
      .createTable('jobs')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('agent', 'text', (column) => column.notNull())
      .addColumn('tool', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('effect', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) =>
        column.notNull().check(sql`status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')`),
      )
      .addColumn('is_cancel_asked', 'boolean', (column) => column.notNull().defaultTo(false))
      .addColumn('losses', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('trace_parent', 'text')
      .addColumn('request', 'text')
      .addColumn('answer', 'text')
      .addColumn('events', 'jsonb', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addColumn('expires_at', 'timestamptz')
      .execute();
    // Few rows at any time: what waits, of each agent, and the oldest first.
    await sql`create index jobs_queued_of_agent on proxy.jobs (agent) where status = 'queued'`.execute(
      database,
    );
    await sql`create index jobs_queued on proxy.jobs (created_at) where status = 'queued'`.execute(database);
    await sql`create index jobs_running on proxy.jobs (id) where status = 'running'`.execute(database);
    await sql`create index jobs_ended on proxy.jobs (expires_at) where expires_at is not null`.execute(
      database,
    );
  },
};
