import { join } from 'node:path';
import type { PartOptions } from '../src/parts/index.ts';
import {
  freePort,
  type ProcessSpec,
  type RunningProcess,
  releasePort,
  startProcess,
  waitUntilReady,
} from '../src/process/index.ts';

/** Programs are brought once for all tests, as for the stack. */
export const cacheDir = join(import.meta.dirname, '../../../.local');

/** Options of a part whose data lie in `stateDir`; the port is given back at the end of the scope. */
export async function partOptions(stateDir: string, name: string): Promise<PartOptions & Disposable> {
  const port = await freePort(22_100);
  return {
    cacheDir,
    stateDir,
    logFile: join(stateDir, `${name}.log`),
    port,
    [Symbol.dispose]: () => releasePort(port),
  };
}

/** Runs the process until the end of the scope (`await using`). */
export async function running(spec: ProcessSpec): Promise<RunningProcess & AsyncDisposable> {
  const process = startProcess(spec);
  await waitUntilReady(process, 30_000);
  return { ...process, [Symbol.asyncDispose]: () => process.stop(5_000) };
}

/** What `kill -9` does to it. */
export async function killHard({ pid, exited }: RunningProcess): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await exited;
}
