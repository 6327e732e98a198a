import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

export interface MigrateOptions {
  /** Schema that holds the record of migrations; made if it is missing. Default: the connection's own. */
  readonly schema?: string;
}

/**
 * Brings a schema to its newest migration. Replicas that start together take turns by Kysely's advisory lock.
 *
 * @param migrations by name; names sort in the order in which they are applied
 * @throws the first migration's error; what it did is rolled back
 */
export async function migrateToLatest<Schema>(
  database: Kysely<Schema>,
  migrations: Readonly<Record<string, Migration>>,
  options: MigrateOptions = {},
): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...migrations }) },
    ...(options.schema === undefined ? {} : { migrationTableSchema: options.schema }),
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
