import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A call with an `Idempotency-Key` becomes one job, however often it is asked for. */
export const findJobsByKey: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .withSchema('proxy')
      .alterTable('jobs')
      .addColumn('key_digest', 'text')
      .addColumn('request_digest', 'text')
      .execute();
    await sql`create unique index jobs_of_key on proxy.jobs (key_digest) where key_digest is not null`.execute(
      database,
    );
  },
};
