import { execFileSync } from 'node:child_process';
import { chownSync, globSync, statSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../process/free-port.ts';
import { releasePort } from '../process/port-claim.ts';
import type { ProcessSpec, RunningProcess } from '../process/process-spec.ts';
import { startProcess } from '../process/start-process.ts';
import { waitUntilReady } from '../process/wait-until-ready.ts';
import type { BringOptions } from './part-options.ts';
import { preparePostgres } from './postgres/postgres.ts';

/** A Postgres of a test's own, and a hot standby that streams from it. */
export interface TestPostgresPair {
  /** Of a superuser, to the database `postgres`. */
  readonly primaryUrl: string;
  /** The same database, as far as it has been replayed; it can be read alone. */
  readonly replicaUrl: string;
  /** Stops both and removes their data. */
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;
const stopWithinMs = 5_000;

/** The replica begins as a copy of the primary's data before its first start, which is what a base backup is later. */
export async function startTestPostgresPair(options: BringOptions): Promise<TestPostgresPair> {
  const folder = await mkdtemp(join(tmpdir(), `4runr-test-${process.pid}-`));
  // Postgres, when root runs this, is another user who must pass through.
  await chmod(folder, 0o711);
  const running: RunningProcess[] = [];
  const cleanups: (() => void)[] = [];
  const stop = async () => {
    // The replica first: the primary waits for it to have everything.
    for (const server of running.splice(0).reverse()) await server.stop(stopWithinMs);
    for (const cleanUp of cleanups.splice(0)) cleanUp();
    await rm(folder, { recursive: true, force: true });
  };
  const prepare = async (name: string) => {
    const port = await freePort(5_632);
    cleanups.push(() => releasePort(port));
    const stateDir = join(folder, name);
    await mkdir(stateDir, { recursive: true });
    const prepared = await preparePostgres({
      ...options,
      stateDir,
      port,
      logFile: join(folder, `${name}.log`),
      durable: false,
    });
    cleanups.push(prepared.removeData);
    return prepared;
  };
  const start = async (spec: ProcessSpec) => {
    const server = startProcess(spec);
    running.push(server);
    await waitUntilReady(server, readyWithinMs);
  };
  try {
    const primary = await prepare('primary');
    copyAsStandby(join(folder, 'primary'), join(folder, 'replica'));
    const replica = await prepare('replica');
    await start(primary.spec);
    const upstream = ['-c', `primary_conninfo=${primary.adminUrl}`];
    await start({ ...replica.spec, args: [...replica.spec.args, ...upstream] });
    return { primaryUrl: primary.adminUrl, replicaUrl: replica.adminUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** With its passwords, and owned by whoever owns the original. */
function copyAsStandby(original: string, copy: string): void {
  execFileSync('cp', ['-Rp', original, copy]);
  for (const dataDir of globSync(join(copy, 'postgres/data-*'))) {
    const signal = join(dataDir, 'standby.signal');
    writeFileSync(signal, '', { mode: 0o600 });
    const { uid, gid } = statSync(dataDir);
    chownSync(signal, uid, gid);
  }
}
