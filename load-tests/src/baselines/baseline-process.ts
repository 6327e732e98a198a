import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  freePort,
  type ProcessSpec,
  type RunningProcess,
  releasePort,
  startProcess,
  untilListening,
  waitUntilReady,
} from '@4runr/local-stack/process';
import type { Part } from '../run/process-usage.ts';

/** A baseline beside the mesh. */
export interface Baseline extends AsyncDisposable {
  readonly url: string;
  readonly parts: readonly Part[];
}

/** What a baseline is made of, process by process, in the order in which they are started. */
export class BaselineProcesses implements AsyncDisposable {
  readonly folder: string;
  readonly #running: RunningProcess[] = [];
  readonly #ports: number[] = [];

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  async choosePort(preferred: number): Promise<number> {
    const port = await freePort(preferred);
    this.#ports.push(port);
    return port;
  }

  /** Resolves when it listens. @throws Error with the last lines of its log */
  async start(options: {
    name: string;
    command?: string;
    args: readonly string[];
    env?: Readonly<Record<string, string>>;
    port: number;
  }): Promise<void> {
    const { name, command = process.execPath, args, env = {}, port } = options;
    await this.startSpec({
      name,
      command,
      args,
      env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
      stopSignal: 'SIGTERM',
      logFile: path.join(this.folder, `${name}.log`),
      ready: (signal) => untilListening(port, '127.0.0.1', signal),
      ports: [port],
    });
  }

  async startSpec(spec: ProcessSpec): Promise<void> {
    const running = startProcess(spec);
    this.#running.push(running);
    await waitUntilReady(running, readyWithinMs);
  }

  parts(): Part[] {
    return this.#running.map(({ spec, pid }) => ({ name: spec.name, pid, restarts: 0 }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#running.toReversed()) await running.stop(graceMs);
    for (const port of this.#ports) releasePort(port);
  }
}

const readyWithinMs = 60_000;
const graceMs = 5_000;
