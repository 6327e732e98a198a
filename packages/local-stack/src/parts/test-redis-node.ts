import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type RedisClientType } from '@redis/client';
import type { RunningProcess } from '../process/process-spec.ts';
import { untilSucceeds } from '../process/readiness.ts';
import { signalGroup } from '../process/signal-process.ts';
import { startProcess } from '../process/start-process.ts';
import { waitUntilReady } from '../process/wait-until-ready.ts';
import { baseEnv, type Program } from './program.ts';

/** A node of a test's own cluster. */
export interface TestRedisNode {
  readonly port: number;
  readonly url: string;
  /** Starts it, with all that it has on disk, and waits until it answers. */
  start(): Promise<void>;
  /** Ends it at once, as a host that is lost. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Keeps it from answering, as a network that lets nothing through; what it is sent waits. */
  pause(): void;
  resume(): void;
  /** Gives it one command. */
  send(...command: readonly string[]): Promise<unknown>;
}

export interface TestRedisNodeOptions {
  readonly program: Program;
  /** For its data and its log; made here. */
  readonly folder: string;
  readonly port: number;
  readonly password: string;
}

const readyWithinMs = 30_000;
/** After so long without an answer a node is taken for gone, in milliseconds. */
const nodeTimeoutMs = 1_000;

export function createTestRedisNode(options: TestRedisNodeOptions): TestRedisNode {
  const { port, password } = options;
  const url = `redis://:${password}@127.0.0.1:${port}`;
  mkdirSync(options.folder);
  const configFile = join(options.folder, 'redis.conf');
  writeFileSync(configFile, configuration(options), { mode: 0o600 });
  let running: RunningProcess | undefined;
  return {
    port,
    url,
    async start() {
      running = startProcess({
        name: `redis-cluster-${port}`,
        command: options.program.command,
        args: [configFile],
        env: { ...baseEnv(), ...options.program.env },
        cwd: options.folder,
        stopSignal: 'SIGKILL',
        logFile: join(options.folder, 'redis.log'),
        ready: (signal) => untilSucceeds(async () => void (await send(url, ['PING'])), signal),
        ports: [port],
      });
      await waitUntilReady(running, readyWithinMs);
    },
    kill: async () => running?.stop(0),
    pause: () => void (running && signalGroup(running.pid, 'SIGSTOP')),
    resume: () => void (running && signalGroup(running.pid, 'SIGCONT')),
    send: (...command) => send(url, command),
  };
}

/** The rest of a cluster goes on without a node that is gone. */
function configuration({ folder, port, password }: TestRedisNodeOptions): string {
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `masterauth ${password}`,
    `dir ${JSON.stringify(folder)}`,
    'save ""',
    'appendonly yes',
    'cluster-enabled yes',
    `cluster-node-timeout ${nodeTimeoutMs}`,
    'cluster-require-full-coverage no',
  ];
  return `${lines.join('\n')}\n`;
}

async function send(url: string, command: readonly string[]): Promise<unknown> {
  const client: RedisClientType = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
}
