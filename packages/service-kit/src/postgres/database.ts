import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Kit } from '../lifecycle/index.ts';
import { discardSilentConnections } from './silent-connections.ts';

export interface DatabaseOptions {
  /** A function is asked for each new connection: `followSetting` has passwords change under a service that runs. */
  readonly url: string | (() => string);
  /** Largest number of connections. Default 10. */
  readonly poolMax?: number;
  /** Longest time that one statement may take, in milliseconds. Default 3,000. */
  readonly statementTimeoutMs?: number;
  /** Whether metrics tell of its connections, which they do of one pool of a service. Default true. */
  readonly isCounted?: boolean;
}

/** How old a connection becomes: what one has logged in with is not used for long after it has changed. */
const connectionAgeMaxSeconds = 600;

/**
 * A pool of connections to the service's own schema, closed with the service. No query can hang: connecting is given
 * two seconds, a statement its time, the answer half a second more; then the connection is given up.
 */
export function createDatabase<Schema>(kit: Kit, options: DatabaseOptions): Kysely<Schema> {
  const { statementTimeoutMs = 3_000, isCounted = true } = options;
  const poolMax = options.poolMax ?? 10;
  const pool = new pg.Pool({
    Client: clientAt(options.url),
    max: poolMax,
    connectionTimeoutMillis: 2_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 500,
    idleTimeoutMillis: 30_000,
    maxLifetimeSeconds: connectionAgeMaxSeconds,
    application_name: kit.name,
  });
  pool.on('error', (error) => kit.logger.warn({ err: error }, 'an idle database connection was lost'));
  // The pool does not listen to a connection that is in use; without a listener its loss would end the process.
  pool.on('connect', (client) =>
    client.on('error', (error) => kit.logger.debug({ err: error }, 'connection lost')),
  );
  if (isCounted) countConnections(kit, pool, poolMax);
  const database = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: discardSilentConnections(pool) }),
  });
  kit.onClose('database', () => database.destroy());
  return database;
}

/** Clients of a pool, each connecting to where the URL says then. */
export function clientAt(url: DatabaseOptions['url']): typeof pg.Client {
  const current = typeof url === 'string' ? () => url : url;
  return class extends pg.Client {
    constructor(options?: pg.ClientConfig) {
      super({ ...options, connectionString: current() });
    }
  };
}

function countConnections(kit: Kit, pool: pg.Pool, poolMax: number): void {
  const max = kit.metrics.gauge({
    name: 'gateway_db_pool_connections_max',
    help: 'Most connections that the database pool may have',
  });
  max.set(poolMax);
  kit.metrics.gauge({
    name: 'gateway_db_pool_connections',
    help: 'Connections of the database pool by state',
    labelNames: ['state'],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'used' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
}
