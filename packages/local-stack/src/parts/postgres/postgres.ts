import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { ProcessSpec } from '../../process/process-spec.ts';
import { untilSucceeds } from '../../process/readiness.ts';
import type { PartOptions } from '../part-options.ts';
import { baseEnv } from '../program.ts';
import { unprivilegedAccount } from '../unprivileged-account.ts';
import { openPasswordStore } from './password-store.ts';
import { findPostgres } from './postgres-binaries.ts';
import { ensureCluster, SUPERUSER } from './postgres-cluster.ts';
import { placePostgres } from './postgres-home.ts';
import { ensureServiceRole, urlOfDatabase } from './service-role.ts';

export interface PostgresOptions extends PartOptions {
  /** Default true. False trades the safety of the data for speed: tests only. */
  readonly durable?: boolean;
}

export interface PreparedPostgres {
  readonly spec: ProcessSpec;
  /** `18.4` */
  readonly version: string;
  /** Of the superuser, to the database `postgres`. */
  readonly adminUrl: string;
  /** Of the superuser, to another database. */
  adminUrlOf(database: string): string;
  /**
   * Once the server is ready: makes the database, and in it the service's role with a schema of the same name, and
   * returns the role's URL. Idempotent; the password is kept between runs.
   */
  ensureServiceRole(service: { database: string; role: string }): Promise<string>;
  /** Forgets all data, wherever it lies; the server must not run. */
  removeData(): void;
}

/**
 * Finds or brings the server programs and initialises the data folder; both are kept and found again at the next call.
 * Listens on 127.0.0.1 alone. Throws `PartUnavailableError`.
 */
export async function preparePostgres(options: PostgresOptions): Promise<PreparedPostgres> {
  const account = unprivilegedAccount();
  const home = placePostgres({ ...options, account });
  const { postgres, initdb } = await findPostgres(home.cacheDir);
  const passwords = openPasswordStore(join(home.dataParent, 'passwords.json'));
  const password = passwords.passwordOf(SUPERUSER);
  const major = Number.parseInt(postgres.version, 10);
  const { durable = true } = options;
  const dataDir = await ensureCluster({
    initdb,
    durable,
    dataParent: home.dataParent,
    major,
    password,
    account,
  });
  const urlFor = (role: string, database: string) =>
    `postgres://${role}:${passwords.passwordOf(role)}@127.0.0.1:${options.port}/${database}`;
  const adminUrl = urlFor(SUPERUSER, 'postgres');
  return {
    spec: {
      name: 'postgres',
      command: postgres.command,
      args: ['-D', dataDir, ...settingsAsArgs(options)],
      env: baseEnv(),
      cwd: '/',
      ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
      stopSignal: 'SIGINT',
      logFile: options.logFile,
      ready: (signal) => untilSucceeds(() => canConnect(adminUrl), signal),
      ports: [options.port],
    },
    version: postgres.version,
    adminUrl,
    adminUrlOf: (database) => urlOfDatabase(adminUrl, database),
    async ensureServiceRole({ database, role }) {
      await ensureServiceRole(adminUrl, { database, role, password: passwords.passwordOf(role) });
      return urlFor(role, database);
    },
    removeData: () => rmSync(home.removable, { recursive: true, force: true }),
  };
}

/** Settings are arguments, so that a data folder of an earlier run needs no editing when they change. */
function settingsAsArgs({ port, durable = true }: PostgresOptions): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_duration_statement: '1s',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function canConnect(connectionString: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 1_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}
