import type { Policy } from '@4runr/contracts/policy';
import { policyVersion } from '@4runr/policy-engine';
import { ensureSchema } from '@4runr/service-kit/postgres';
import { migrations } from '../../migrations/index.ts';
import { type PolicyDatabase, schemaName } from './database-schema.ts';
import { takeTurn } from './policy-turn.ts';

/**
 * Brings the database to where the service can run: the newest schema, and the built-in policies. Replicas that start
 * together take turns. Repeating it changes nothing.
 *
 * @throws DatabaseUnfitError
 */
export async function prepareDatabase(
  { database, ...connection }: { database: PolicyDatabase; url: string; migratesAtStart?: boolean },
  builtIn: readonly Policy[],
): Promise<void> {
  await ensureSchema({ ...connection, migrations, schema: schemaName });
  await database.transaction().execute(async (transaction) => {
    await takeTurn(transaction);
    for (const document of builtIn) await seed(transaction, document);
  });
}

/** Stores a policy whose name never was: one that operators have changed or deleted has versions, and stays as it is. */
async function seed(database: PolicyDatabase, document: Policy): Promise<void> {
  const { name } = document;
  const known = await database
    .selectFrom('policy_versions')
    .select('number')
    .where('name', '=', name)
    .limit(1)
    .execute();
  if (known.length > 0) return;
  await database
    .insertInto('policy_versions')
    .values({
      name,
      number: 1,
      change: 'create',
      version: policyVersion(document),
      document: JSON.stringify(document),
      created_by: 'system',
    })
    .execute();
  await database.insertInto('policies').values({ name, number: 1 }).execute();
}
