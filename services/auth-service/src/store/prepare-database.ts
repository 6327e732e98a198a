import type { PublicJwk } from '@4runr/contracts/token';
import { ensureSchema } from '@4runr/service-kit/postgres';
import { sql } from 'kysely';
import { migrations } from '../../migrations/index.ts';
import { type AuthDatabase, schemaName } from './database-schema.ts';
import { ensureFirstOperator, type FirstOperator } from './first-operator.ts';
import type { KeySealer } from './key-sealer.ts';
import { ensurePolicyFilesOperator } from './policy-files-operator.ts';
import { ensureSecretPepper } from './secret-pepper.ts';
import { ensureSigningKeys } from './signing-key-store.ts';

export interface PreparedDatabase {
  readonly hasOperator: boolean;
  /** Whether no replica has prepared it before: no token can have been asked for yet. */
  readonly isFirstStart: boolean;
}

/** Any number will do, as long as every replica takes the same and nothing else does. */
const firstStartLock = 7_401_002;

/**
 * Brings the database to where the service can run: the newest schema, an operator, signing keys. Replicas that start
 * together take turns, so that there is one of each. Repeating it changes nothing.
 *
 * @throws DatabaseUnfitError
 */
export async function prepareDatabase(
  { database, ...connection }: { database: AuthDatabase; url: string; migratesAtStart?: boolean },
  first: {
    operator: FirstOperator | undefined;
    policyFilesKeys: readonly PublicJwk[];
    sealer: KeySealer;
  },
): Promise<PreparedDatabase> {
  await ensureSchema({ ...connection, migrations, schema: schemaName });
  return database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${firstStartLock})`.execute(transaction);
    const isFirstStart = await ensureSigningKeys(transaction, first.sealer);
    await ensureSecretPepper(transaction, first.sealer);
    const hasOperator = await ensureFirstOperator(transaction, first.operator);
    await ensurePolicyFilesOperator(transaction, first.policyFilesKeys);
    return { hasOperator, isFirstStart };
  });
}
