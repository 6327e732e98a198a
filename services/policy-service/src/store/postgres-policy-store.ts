import type { Policy } from '@4runr/contracts/policy';
import type { PolicySource, PolicyStore, StoredPolicy } from '../domain/policy-store.ts';
import type { PolicyDatabase } from './database-schema.ts';

/** The active policies in Postgres. */
export function createPolicyStore(database: PolicyDatabase): PolicyStore & PolicySource {
  return {
    find: (name) => findPolicy(database, name),

    async list({ after, limit }) {
      const rows = await activePolicies(database)
        .$if(after !== undefined, (query) => query.where('policies.name', '>', after ?? ''))
        .orderBy('policies.name')
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit).map(toStoredPolicy);
      return { items, next: rows.length > limit ? items.at(-1)?.name : undefined };
    },

    revision: () => readRevision(database),

    snapshot: () =>
      database
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute(async (transaction) => {
          const revision = await readRevision(transaction);
          const rows = await activePolicies(transaction).execute();
          return { revision, documents: rows.map(({ document }) => document) };
        }),
  };
}

async function readRevision(database: PolicyDatabase): Promise<string> {
  const { number } = await database.selectFrom('revision').select('number').executeTakeFirstOrThrow();
  return number;
}

/** The active version of a policy. */
export async function findPolicy(database: PolicyDatabase, name: string): Promise<StoredPolicy | undefined> {
  const row = await activePolicies(database).where('policies.name', '=', name).executeTakeFirst();
  return row === undefined ? undefined : toStoredPolicy(row);
}

function activePolicies(database: PolicyDatabase) {
  return (
    database
      .selectFrom('policies')
      .innerJoin('policy_versions', (join) =>
        join
          .onRef('policy_versions.name', '=', 'policies.name')
          .onRef('policy_versions.number', '=', 'policies.number'),
      )
      .select(['policies.name', 'version', 'document', 'policies.created_at', 'updated_at'])
      // No deletion is ever active.
      .$narrowType<{ version: string; document: Policy }>()
  );
}

type Row = Awaited<ReturnType<ReturnType<typeof activePolicies>['executeTakeFirstOrThrow']>>;

function toStoredPolicy({ name, version, document, created_at, updated_at }: Row): StoredPolicy {
  return { name, version, document, createdAt: created_at, updatedAt: updated_at };
}
