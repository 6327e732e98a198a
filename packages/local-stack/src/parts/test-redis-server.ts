import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../process/free-port.ts';
import { releasePort } from '../process/port-claim.ts';
import type { RunningProcess } from '../process/process-spec.ts';
import { signalProcess } from '../process/signal-process.ts';
import { startProcess } from '../process/start-process.ts';
import { waitUntilReady } from '../process/wait-until-ready.ts';
import type { BringOptions } from './part-options.ts';
import { prepareRedis, type RedisOptions } from './redis.ts';

/** A Redis of a test's own, that it can freeze and restart. */
export interface TestRedisServer {
  readonly url: string;
  /** Stops it and starts it again, with all that it has on disk or, as on a new host, with nothing. */
  restart(kept: 'data' | 'nothing'): Promise<void>;
  /** Lets it do nothing at all, its connections staying open, until it is thawed (SIGSTOP). */
  freeze(): void;
  thaw(): void;
  /** Ends it at once (SIGKILL); `restart` brings it back. */
  kill(): Promise<void>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

const readyWithinMs = 30_000;
const stopWithinMs = 5_000;

/** @param options `role`: default `state` */
export async function startTestRedisServer({
  role = 'state',
  ...options
}: BringOptions & Partial<Pick<RedisOptions, 'role'>>): Promise<TestRedisServer> {
  const folder = await mkdtemp(join(tmpdir(), `4runr-test-${process.pid}-`));
  const port = await freePort(6_579);
  const part = { ...options, stateDir: folder, logFile: join(folder, 'redis.log'), port };
  let running: RunningProcess | undefined;
  const end = () => running?.stop(stopWithinMs);
  const begin = async () => {
    const { spec, url } = await prepareRedis({ ...part, role });
    running = startProcess(spec);
    await waitUntilReady(running, readyWithinMs);
    return url;
  };
  const stop = async () => {
    await end();
    releasePort(port);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = await begin();
    const restart = async (kept: 'data' | 'nothing') => {
      await end();
      // The password is no data: clients keep theirs.
      if (kept === 'nothing')
        await rm(join(folder, `redis-${role}`, 'appendonlydir'), { recursive: true, force: true });
      await begin();
    };
    const signal = (name: NodeJS.Signals) => void (running && signalProcess(running.pid, name));
    const kill = async () => {
      signal('SIGKILL');
      await running?.exited;
    };
    return { url, restart, freeze: () => signal('SIGSTOP'), thaw: () => signal('SIGCONT'), kill, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
