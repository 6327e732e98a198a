import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Versions become a history: what was done, by whom, and when it was done rather than when its transaction began, for
 * writers take turns. A deletion is an entry too, without a document.
 */
export const tellPoliciesHistory: Migration = {
  async up(database: Kysely<unknown>) {
    await sql`
      alter table policy.policy_versions
        add column change text not null default 'create'
          check (change in ('create', 'update', 'rollback', 'delete')),
        add column created_by text not null default 'system',
        alter column version drop not null,
        alter column document drop not null,
        alter column created_at set default clock_timestamp(),
        add constraint deletions_alone_have_no_document
          check ((change = 'delete') = (document is null) and (change = 'delete') = (version is null))`.execute(
      database,
    );
    await sql`update policy.policy_versions set change = 'update' where number > 1`.execute(database);
    await sql`
      alter table policy.policy_versions
        alter column change drop default,
        alter column created_by drop default`.execute(database);
  },
};
