import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type RedisClientType } from '@redis/client';
import { freePort } from '../process/free-port.ts';
import { releasePort } from '../process/port-claim.ts';
import type { RunningProcess } from '../process/process-spec.ts';
import { untilSucceeds } from '../process/readiness.ts';
import { startProcess } from '../process/start-process.ts';
import { waitUntilReady } from '../process/wait-until-ready.ts';
import type { BringOptions } from './part-options.ts';
import { baseEnv, type Program } from './program.ts';
import { findRedis } from './redis-server.ts';

export interface TestRedisCluster {
  /** One of each node. */
  readonly urls: readonly string[];
  /** Stops the nodes and removes their data. */
  stop(): Promise<void>;
}

/** A cluster's smallest number of masters: fewer cannot agree that one is gone. */
const nodesCount = 3;
const slotsCount = 16_384;
const readyWithinMs = 30_000;

/**
 * Starts a Redis Cluster of three masters for a test, empty, in a temporary folder.
 *
 * @returns `undefined` where there is no Redis but the stand-in, which knows no clusters
 */
export async function startTestRedisCluster(options: BringOptions): Promise<TestRedisCluster | undefined> {
  const { program, isStandIn } = await findRedis(options);
  if (isStandIn) return undefined;
  const folder = await mkdtemp(join(tmpdir(), `4runr-test-${process.pid}-`));
  const running: RunningProcess[] = [];
  const ports: number[] = [];
  const stop = async () => {
    await Promise.all(running.map((node) => node.stop(5_000)));
    ports.forEach(releasePort);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (let node = 0; node < nodesCount; node += 1) {
      const port = await freePort(7_100 + node);
      ports.push(port);
      const started = startNode(program, join(folder, `node-${node}`), port);
      running.push(started);
      await waitUntilReady(started, readyWithinMs);
    }
    await joinNodes(ports);
    return { urls: ports.map(urlOf), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const urlOf = (port: number) => `redis://127.0.0.1:${port}`;

function startNode(program: Program, folder: string, port: number): RunningProcess {
  mkdirSync(folder);
  const configFile = join(folder, 'redis.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${JSON.stringify(folder)}`,
    'save ""',
    'cluster-enabled yes',
  ];
  writeFileSync(configFile, `${lines.join('\n')}\n`, { mode: 0o600 });
  return startProcess({
    name: `redis-cluster-${port}`,
    command: program.command,
    args: [configFile],
    env: { ...baseEnv(), ...program.env },
    cwd: folder,
    stopSignal: 'SIGTERM',
    logFile: join(folder, 'redis.log'),
    ready: (signal) => untilSucceeds(() => onNode(port, assertAnswers), signal),
    ports: [port],
  });
}

/** Hands every node its share of the slots, and waits until all know of all. */
async function joinNodes(ports: readonly number[]): Promise<void> {
  const [first = 0] = ports;
  for (const [index, port] of ports.entries()) {
    const from = Math.floor((index * slotsCount) / nodesCount);
    const to = Math.floor(((index + 1) * slotsCount) / nodesCount) - 1;
    await onNode(port, async (node) => {
      await node.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', String(from), String(to)]);
      if (port !== first) await node.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', String(first)]);
    });
  }
  for (const port of ports)
    await untilSucceeds(() => onNode(port, assertWhole), AbortSignal.timeout(readyWithinMs));
}

async function assertAnswers(node: RedisClientType): Promise<void> {
  await node.ping();
}

async function assertWhole(node: RedisClientType): Promise<void> {
  const info = String(await node.sendCommand(['CLUSTER', 'INFO']));
  if (!/cluster_state:ok/.test(info) || !info.includes(`cluster_known_nodes:${nodesCount}`))
    throw new Error(info);
}

async function onNode<T>(port: number, work: (node: RedisClientType) => Promise<T>): Promise<T> {
  const node: RedisClientType = createClient({ url: urlOf(port), socket: { reconnectStrategy: false } });
  node.on('error', () => {});
  try {
    await node.connect();
    return await work(node);
  } finally {
    node.destroy();
  }
}
