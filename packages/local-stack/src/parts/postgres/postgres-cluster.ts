import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signalProcess } from '../../process/signal-process.ts';
import { baseEnv } from '../program.ts';
import type { Account } from '../unprivileged-account.ts';

export const SUPERUSER = 'postgres';

export interface ClusterOptions {
  readonly initdb: string;
  readonly dataParent: string;
  /** The server's major version: data of another one is not touched. */
  readonly major: number;
  readonly password: string;
  readonly account?: Account | undefined;
  /** Whether a new cluster is flushed to the disk before it counts as one. */
  readonly durable: boolean;
}

/**
 * Returns the data folder, initialised if there is none yet, and free of what a killed server left in it. A data folder
 * is either complete or absent: it gets its name only when `initdb` has ended.
 */
export async function ensureCluster(options: ClusterOptions): Promise<string> {
  const dataDir = join(options.dataParent, `data-${options.major}`);
  if (existsSync(dataDir)) await clearStaleLock(dataDir);
  else initialise(dataDir, options);
  return dataDir;
}

function initialise(
  dataDir: string,
  { initdb, dataParent, password, account, durable }: ClusterOptions,
): void {
  const temporary = mkdtempSync(join(dataParent, '.init-'));
  const passwordFile = join(temporary, 'password');
  const data = join(temporary, 'data');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account !== undefined)
    for (const path of [temporary, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    execFileSync(
      initdb,
      [
        '-D',
        data,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        ...(durable ? [] : ['--no-sync']),
      ],
      { env: baseEnv(), cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], uid: account?.uid, gid: account?.gid },
    );
    renameSync(data, dataDir);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * After a kill -9 `postmaster.pid` names a process that is gone, that is another program by now (Postgres would refuse
 * to start), or that is a server left running by a stack that was killed: that one is shut down.
 */
async function clearStaleLock(dataDir: string): Promise<void> {
  const pid = lockingPid(dataDir);
  if (pid === undefined) return;
  if (servesData(pid, dataDir)) await shutDown(pid);
  rmSync(lockFileOf(dataDir), { force: true });
}

/** Whether a server runs on the data. */
export function isServed(dataDir: string): boolean {
  const pid = lockingPid(dataDir);
  return pid !== undefined && servesData(pid, dataDir);
}

function lockFileOf(dataDir: string): string {
  return join(dataDir, 'postmaster.pid');
}

function lockingPid(dataDir: string): number | undefined {
  const pid = Number(readIfPresent(lockFileOf(dataDir))?.split('\n', 1)[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function servesData(pid: number, dataDir: string): boolean {
  try {
    const command =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes(dataDir);
  } catch {
    return false;
  }
}

async function shutDown(pid: number): Promise<void> {
  // Fast shutdown first, then the immediate one, which recovers from the log at the next start.
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    for (let waitedMs = 0; waitedMs < 5_000; waitedMs += 50) {
      if (!signalProcess(pid, waitedMs === 0 ? signal : 0)) return;
      await delay(50);
    }
  }
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
