import { Kysely, PostgresDialect } from 'kysely';
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
}

/**
 * Brings a schema to its newest migration, on a connection of its own: a statement may take as long as it takes, as building an
 * index over millions of rows does. Replicas that start together take turns by Kysely's advisory lock; one that waits for its
 * turn longer than for any lock rejects, and may try again.
 *
 * @throws the first migration's error; what it did is rolled back
 */
export async function migrateToLatest(options: MigrateOptions): Promise<void> {
  const database = connect(options);
  try {
    const migrator = new Migrator({
      db: database,
      provider: { getMigrations: async () => ({ ...options.migrations }) },
      ...(options.schema === undefined ? {} : { migrationTableSchema: options.schema }),
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  } finally {
    await database.destroy();
  }
}

/** One connection; without a limit on its statements it is kept alive, so that a server that is gone is noticed. */
function connect({ url, lockTimeoutMs = 3_000 }: MigrateOptions): Kysely<unknown> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: 2_000,
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
