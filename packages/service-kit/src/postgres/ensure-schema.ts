import { DatabaseUnfitError } from './database-unfit-error.ts';
import { connectForMigrations, type MigrateOptions, migrateToLatest, missingMigrations } from './migrate.ts';
import { throwUnfit } from './refused-server.ts';

export interface SchemaOptions extends MigrateOptions {
  /** Whether the service migrates by itself; else somebody has done so before it starts. Default true. */
  readonly migratesAtStart?: boolean;
}

/**
 * Sees to it that a schema is new enough for the service: brings it there, or only looks. One that is newer serves as well: migrations
 * only add (docs/runbooks/upgrade-and-rollback.md).
 *
 * @throws DatabaseUnfitError where nobody has migrated it, and when the server cannot prove who it is
 */
export async function ensureSchema(options: SchemaOptions): Promise<void> {
  try {
    if (options.migratesAtStart ?? true) await migrateToLatest(options);
    else await assertMigrated(options);
  } catch (error) {
    throwUnfit(error);
  }
}

/** Longest wait for a database that may be too old, in milliseconds: a service that does not know would start on it. */
export const verdictWithinMs = 10_000;

async function assertMigrated(options: MigrateOptions): Promise<void> {
  const database = connectForMigrations({ ...options, connectTimeoutMs: verdictWithinMs });
  try {
    const missing = await missingMigrations(database, options);
    if (missing.length === 0) return;
    throw new DatabaseUnfitError(
      `the schema ${options.schema ?? 'public'} is too old: it lacks ${missing.join(', ')}. Run \`node src/migrate.ts\` of this version first, or let the service do so by MIGRATIONS_AT_START=on`,
    );
  } finally {
    await database.destroy();
  }
}
