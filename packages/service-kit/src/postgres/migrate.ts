import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

/**
 * Brings a schema to its newest migration. Replicas that start together take turns by Kysely's advisory lock.
 *
 * @param migrations by name; names sort in the order in which they are applied
 * @throws the first migration's error; what it did is rolled back
 */
export async function migrateToLatest<Schema>(
  database: Kysely<Schema>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...migrations }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
