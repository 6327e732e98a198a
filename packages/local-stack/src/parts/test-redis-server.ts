import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../process/free-port.ts';
import { releasePort } from '../process/port-claim.ts';
import type { RunningProcess } from '../process/process-spec.ts';
import { startProcess } from '../process/start-process.ts';
import { waitUntilReady } from '../process/wait-until-ready.ts';
import type { BringOptions } from './part-options.ts';
import { prepareRedis } from './redis.ts';

/** A state Redis of a test's own, that it can restart. */
export interface TestRedisServer {
  readonly url: string;
  /** Stops it and starts it again, with all that it has on disk or, as on a new host, with nothing. */
  restart(kept: 'data' | 'nothing'): Promise<void>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

const readyWithinMs = 30_000;
const stopWithinMs = 5_000;

export async function startTestRedisServer(options: BringOptions): Promise<TestRedisServer> {
  const folder = await mkdtemp(join(tmpdir(), `4runr-test-${process.pid}-`));
  const port = await freePort(6_579);
  const part = { ...options, stateDir: folder, logFile: join(folder, 'redis.log'), port };
  let running: RunningProcess | undefined;
  const end = () => running?.stop(stopWithinMs);
  const begin = async () => {
    const { spec, url } = await prepareRedis({ ...part, role: 'state' });
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
      if (kept === 'nothing') await rm(join(folder, 'redis-state', 'appendonlydir'), { recursive: true });
      await begin();
    };
    return { url, restart, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
