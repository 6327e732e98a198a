import type { Policy } from '@4runr/contracts/policy';
import { policyVersion } from '@4runr/policy-engine';
import { migrateToLatest } from '@4runr/service-kit/postgres';
import { sql } from 'kysely';
import { migrations } from '../../migrations/index.ts';
import { type PolicyDatabase, schemaName } from './database-schema.ts';

/** Any number will do, as long as every replica takes the same and nothing else does. */
const seedLock = 7_401_003;

/**
 * Brings the database to where the service can run: the newest schema, and the built-in policies. Replicas that start
 * together take turns. Repeating it changes nothing.
 */
export async function prepareDatabase(database: PolicyDatabase, builtIn: readonly Policy[]): Promise<void> {
  await migrateToLatest(database, migrations, { schema: schemaName });
  await database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${seedLock})`.execute(transaction);
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
    .values({ name, number: 1, version: policyVersion(document), document: JSON.stringify(document) })
    .execute();
  await database.insertInto('policies').values({ name, number: 1 }).execute();
}
