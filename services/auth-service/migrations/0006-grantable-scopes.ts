import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What each operator may be granted; null is everything that operators can have, also what a later version adds. */
export const grantableScopes: Migration = {
  async up(database: Kysely<unknown>) {
    await sql`
      alter table auth.clients
        add column grantable_scopes text[],
        add constraint only_operators_have_grantable_scopes check (
          grantable_scopes is null or (kind = 'operator' and cardinality(grantable_scopes) > 0))
    `.execute(database);
  },
};
