import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Calls that took of a quota of their role, by role: what the count of the quota is compared with. In the order of 0006. */
export const findCallsByRoleQuota: Migration = {
  async up(database: Kysely<unknown>) {
    await sql`
      create index audit_items_role_quota
      on policy.audit_items ((body ->> 'role'), at desc nulls last, id desc nulls last)
      where body @> '{"taken":[{"per":"role"}]}'`.execute(database);
  },
};
