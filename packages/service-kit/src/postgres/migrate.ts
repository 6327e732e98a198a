import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';

export interface MigrateOptions {
  readonly url: string;
  /** By name; names sort in the order in which they are applied. */
  readonly migrations: Readonly<Record<string, Migration>>;
  /** Schema that holds the record of migrations; made if it is missing. Default: the connection's own. */
  readonly schema?: string;
  /**
   * Longest wait for others to let go of what a statement locks, in milliseconds. Default 3,000: whoever waits for a table
   * holds up all who come after.
   */
  readonly lockTimeoutMs?: number;
  /** Longest wait for a connection, in milliseconds. Default 2,000. */
  readonly connectTimeoutMs?: number;
}

/**
 * Brings a schema to its newest migration, on a connection of its own: a statement may take as long as it takes, as building an
 * index over millions of rows does. Replicas that start together take turns by Kysely's advisory lock; one that waits for its
 * turn longer than for any lock rejects, and may try again. A schema that a later version has migrated further stays as it is.
 *
 * @returns the names of those that it has applied
 * @throws the first migration's error; what it did is rolled back
 */
export async function migrateToLatest(options: MigrateOptions): Promise<readonly string[]> {
  const database = connectForMigrations(options);
  try {
    if ((await missingMigrations(database, options)).length === 0) return [];
    const migrator = new Migrator({
      db: database,
      provider: { getMigrations: async () => ({ ...options.migrations }) },
      ...(options.schema === undefined ? {} : { migrationTableSchema: options.schema }),
    });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    return results.map(({ migrationName }) => migrationName);
  } finally {
    await database.destroy();
  }
}

/** SQLSTATE: no such schema, no such table. */
const nothingThere = new Set(['3F000', '42P01']);

/** Names of the migrations that a schema lacks, in their order. */
export async function missingMigrations(
  database: Kysely<unknown>,
  { migrations, schema }: Pick<MigrateOptions, 'migrations' | 'schema'>,
): Promise<readonly string[]> {
  const record = sql.table(schema === undefined ? 'kysely_migration' : `${schema}.kysely_migration`);
  const { rows } = await sql<{ name: string }>`select name from ${record}`
    .execute(database)
    .catch((error: { code?: string }) => {
      if (nothingThere.has(error.code ?? '')) return { rows: [] };
      throw error;
    });
  const applied = new Set(rows.map(({ name }) => name));
  return Object.keys(migrations)
    .sort()
    .filter((name) => !applied.has(name));
}

/** One connection; without a limit on its statements it is kept alive, so that a server that is gone is noticed. */
export function connectForMigrations({
  url,
  lockTimeoutMs = 3_000,
  connectTimeoutMs = 2_000,
}: MigrateOptions): Kysely<unknown> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: connectTimeoutMs,
    // Whatever the role, the database or the server sets for everybody else.
    onConnect: (client) => client.query(`set statement_timeout = 0; set lock_timeout = ${lockTimeoutMs}`),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'migrations',
  });
  // The query in flight tells the same; without listeners the loss would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}
