import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Where somebody is to be told that a job has ended. Turns of that are the queue's, beside those of jobs. */
export const tellOfJobs: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.withSchema('proxy').alterTable('jobs').addColumn('webhook', 'text').execute();
  },
};
