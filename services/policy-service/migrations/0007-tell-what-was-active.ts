import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Decisions are recorded with the revision of the policies that made them; from here on it can be told what was active at each.
 * For that the revision is raised before a change rather than after it: whoever changes something has its number by then,
 * which waits for all others who do.
 */
export const tellWhatWasActive: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .withSchema('policy')
      .createTable('policy_activations')
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .addColumn('number', 'integer')
      .addPrimaryKeyConstraint('policy_activations_pkey', ['name', 'revision'])
      .execute();
    await sql`lock table policy.policies in exclusive mode`.execute(database);
    await sql`
      insert into policy.policy_activations (name, revision, number)
      select policies.name, revision.number, policies.number from policy.policies, policy.revision`.execute(
      database,
    );
    await sql`drop trigger raise_revision on policy.policies`.execute(database);
    await sql`
      create trigger raise_revision before insert or update or delete or truncate on policy.policies
      for each statement execute function policy.raise_revision()`.execute(database);
    await keepActivations(database);
  },
};

async function keepActivations(database: Kysely<unknown>): Promise<void> {
  await sql`
    create function policy.keep_activation() returns trigger language plpgsql as $$
    begin
      insert into policy.policy_activations (name, revision, number)
      select coalesce(new.name, old.name), revision.number, new.number from policy.revision;
      return null;
    end
    $$`.execute(database);
  await sql`
    create trigger keep_activation after insert or update or delete on policy.policies
    for each row execute function policy.keep_activation()`.execute(database);
}
