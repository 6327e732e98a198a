import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import type { ProcessSpec } from '../process/process-spec.ts';
import { untilSucceeds } from '../process/readiness.ts';
import type { PartOptions } from './part-options.ts';
import { baseEnv } from './program.ts';
import { findRedis, type RedisServer } from './redis-server.ts';

export interface RedisOptions extends PartOptions {
  /** `state` keeps everything (AOF, noeviction); `cache` keeps nothing on disk and evicts beyond 64 MB. */
  readonly role: 'state' | 'cache';
}

export interface PreparedRedis {
  readonly spec: ProcessSpec;
  readonly version: string;
  /** With the password, where the server has one. */
  readonly url: string;
  /** Forgets all data; the server must not run. */
  removeData(): void;
}

/**
 * Finds or brings Redis (or Valkey) 7 or later and writes this instance's configuration. Listens on the loopback
 * addresses alone, with a password that is kept between runs. Throws `PartUnavailableError`.
 */
export async function prepareRedis(options: RedisOptions): Promise<PreparedRedis> {
  const server = await findRedis(options);
  const folder = join(options.stateDir, `redis-${options.role}`);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  const password = server.isStandIn ? undefined : keptPassword(join(folder, 'password'));
  const url = `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${options.port}`;
  return {
    spec: {
      name: `redis-${options.role}`,
      ...launch(server, { folder, password, options }),
      cwd: folder,
      stopSignal: 'SIGTERM',
      logFile: options.logFile,
      ready: (signal) => untilSucceeds(() => ping(url), signal),
      ports: [options.port],
    },
    version: server.program.version,
    url,
    removeData: () => rmSync(folder, { recursive: true, force: true }),
  };
}

type Launch = Pick<ProcessSpec, 'command' | 'args' | 'env'>;

function launch(
  { program, isStandIn }: RedisServer,
  { folder, password, options }: { folder: string; password: string | undefined; options: RedisOptions },
): Launch {
  const env = { ...baseEnv(), ...program.env };
  if (isStandIn)
    return { command: process.execPath, args: [program.command, '--port', String(options.port)], env };
  const configFile = join(folder, 'redis.conf');
  writeFileSync(configFile, configuration({ folder, password, options }), { mode: 0o600 });
  return { command: program.command, args: [configFile], env };
}

/** Tests have a database each, so that they may write keys of fixed names and lose all data. */
const databasesMax = 4_096;

function configuration(of: { folder: string; password: string | undefined; options: RedisOptions }): string {
  const byRole = {
    // Not `everysec`: while a sync is under way it answers what it has not even written to the kernel (ADR 26).
    state: ['appendonly yes', 'appendfsync always', 'maxmemory-policy noeviction'],
    cache: ['appendonly no', 'maxmemory 64mb', 'maxmemory-policy allkeys-lru'],
  };
  const lines = [
    'bind 127.0.0.1 -::1',
    `port ${of.options.port}`,
    `requirepass ${of.password}`,
    `dir ${JSON.stringify(of.folder)}`,
    'save ""',
    'daemonize no',
    `databases ${databasesMax}`,
    ...byRole[of.options.role],
  ];
  return `${lines.join('\n')}\n`;
}

function keptPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const password = randomBytes(24).toString('base64url');
    writeFileSync(file, password, { mode: 0o600 });
    return password;
  }
}

/** Answers only when the append-only file has been read back. */
async function ping(url: string): Promise<void> {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 1_000 } });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.destroy();
  }
}
