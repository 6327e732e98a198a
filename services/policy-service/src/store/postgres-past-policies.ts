import { sql } from 'kysely';
import type { PolicyPastSource } from '../domain/replay/past-policies.ts';
import type { PolicyDatabase } from './database-schema.ts';

/** What was active at past revisions, in Postgres. */
export function createPolicyPast(database: PolicyDatabase): PolicyPastSource {
  return {
    async documentsAt(revision) {
      const { number: present } = await database
        .selectFrom('revision')
        .select('number')
        .executeTakeFirstOrThrow();
      if (BigInt(revision) > BigInt(present)) return undefined;
      const rows = await database
        .with('past', (query) =>
          query
            .selectFrom('policy_activations')
            .distinctOn('name')
            .select(['name', 'number'])
            .where('revision', '<=', revision)
            .orderBy('name')
            .orderBy('revision', 'desc'),
        )
        .selectFrom('past')
        .innerJoin('policy_versions', (join) =>
          join
            .onRef('policy_versions.name', '=', 'past.name')
            .on(sql<boolean>`policy_versions.number = past.number`),
        )
        .select('document')
        .execute();
      return rows.map(({ document }) => document);
    },
  };
}
