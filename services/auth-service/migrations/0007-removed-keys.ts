import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** By which names the last keys and secrets went that a client lost, so that removing one once more is known to be done. */
export const removedKeys: Migration = {
  async up(database: Kysely<unknown>) {
    await sql`alter table auth.clients add column removed_keys text[] not null default '{}'`.execute(
      database,
    );
  },
};
