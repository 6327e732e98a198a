import { globSync, statSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { freePort } from '../process/free-port.ts';
import { releasePort } from '../process/port-claim.ts';
import { stopLeftovers } from '../process/process-record.ts';
import type { ProcessSpec, RunningProcess } from '../process/process-spec.ts';
import { startProcess } from '../process/start-process.ts';
import { waitUntilReady } from '../process/wait-until-ready.ts';
import { preparePostgres } from './postgres/postgres.ts';
import { prepareRedis } from './redis.ts';

export interface TestParts {
  /** Of a superuser, to the database `postgres`. */
  readonly postgresUrl: string;
  readonly redisUrl: string;
  /** Stops the servers and removes their data. Idempotent. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const PREFIX = '4runr-test-';

/**
 * Starts a Postgres and a Redis for tests, empty, in a temporary folder, with durability traded for speed. Programs are
 * brought into `cacheDir` once.
 */
export async function startTestParts(options: {
  cacheDir: string;
  report?(message: string): void;
}): Promise<TestParts> {
  await removeAbandoned();
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // Postgres, when root runs this, is another user who must pass through.
  await chmod(folder, 0o711);
  const running: RunningProcess[] = [];
  const cleanups: (() => void)[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((process) => process.stop(5_000)));
    for (const cleanUp of cleanups.splice(0)) cleanUp();
    await rm(folder, { recursive: true, force: true });
  };
  const optionsFor = async (name: string, preferredPort: number) => {
    const port = await freePort(preferredPort);
    cleanups.push(() => releasePort(port));
    return { ...options, stateDir: folder, logFile: join(folder, `${name}.log`), port };
  };
  try {
    const [postgres, redis] = await Promise.all([
      optionsFor('postgres', 5_532).then(async (part) => {
        const prepared = await preparePostgres({ ...part, durable: false });
        cleanups.push(prepared.removeData);
        return prepared;
      }),
      optionsFor('redis', 6_479).then((part) => prepareRedis({ ...part, role: 'cache' })),
    ]);
    await Promise.all([postgres.spec, redis.spec].map((spec) => startReady(spec, running)));
    return { postgresUrl: postgres.adminUrl, redisUrl: redis.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startReady(spec: ProcessSpec, running: RunningProcess[]): Promise<void> {
  const started = startProcess(spec);
  running.push(started);
  await waitUntilReady(started, READY_WITHIN_MS);
}

/** What a test run that was killed left behind: servers that still run, and their folder. */
async function removeAbandoned(): Promise<void> {
  for (const folder of globSync(join(tmpdir(), `${PREFIX}*`))) {
    const owner = Number(basename(folder).slice(PREFIX.length).split('-', 1)[0]);
    if (!Number.isInteger(owner) || isAlive(owner) || statSync(folder).uid !== process.getuid?.()) continue;
    await stopLeftovers(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/** A process of another user's is alive, too. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
