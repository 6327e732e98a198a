import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Calls whose outcome has not come, the oldest first: few at any time, however many rows there are. */
export const findCallsWithoutOutcome: Migration = {
  async up(database: Kysely<unknown>) {
    await sql`
      create index audit_items_open on policy.audit_items (at, id)
      where kind = 'call' and outcome is null`.execute(database);
  },
};
