import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../process/free-port.ts';
import { releasePort } from '../process/port-claim.ts';
import { untilSucceeds } from '../process/readiness.ts';
import type { BringOptions } from './part-options.ts';
import { findRedis } from './redis-server.ts';
import { createTestRedisNode, type TestRedisNode } from './test-redis-node.ts';

export interface TestRedisCluster {
  /** As services are told it: every master is named. */
  readonly url: string;
  readonly masters: readonly TestRedisNode[];
  /** Of the first master, if it was asked for. */
  readonly replica: TestRedisNode | undefined;
  /** The master that was given the slot of this key at the start. */
  masterOf(key: string): Promise<TestRedisNode>;
  /** Forgets all data. */
  loseData(): Promise<void>;
  /** Stops the nodes and removes their data. */
  stop(): Promise<void>;
}

export interface TestRedisClusterOptions extends Partial<BringOptions> {
  /** Whether the first master has a replica, which takes over when it is gone. Default false. */
  readonly hasReplica?: boolean;
}

/** A cluster's smallest number of masters: fewer cannot agree that one is gone. */
const mastersCount = 3;
const slotsCount = 16_384;
const joinedWithinMs = 30_000;
/** Where programs are brought for all tests, as for the stack. */
const programsFolder = join(import.meta.dirname, '../../../../.local');

/**
 * Starts a Redis Cluster of three masters for a test, empty, in a temporary folder.
 *
 * @returns `undefined` where there is no Redis but the stand-in, which knows no clusters
 */
export async function startTestRedisCluster(
  options: TestRedisClusterOptions = {},
): Promise<TestRedisCluster | undefined> {
  const { program, isStandIn } = await findRedis({ cacheDir: programsFolder, ...options });
  if (isStandIn) return undefined;
  const folder = await mkdtemp(join(tmpdir(), `4runr-test-${process.pid}-`));
  const password = randomBytes(12).toString('hex');
  const nodes: TestRedisNode[] = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.kill()));
    for (const { port } of nodes) releasePort(port);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (let index = 0; index < mastersCount + (options.hasReplica === true ? 1 : 0); index += 1) {
      const port = await freePort(7_100 + index);
      nodes.push(createTestRedisNode({ program, folder: join(folder, `node-${index}`), port, password }));
    }
    await Promise.all(nodes.map((node) => node.start()));
    const masters = nodes.slice(0, mastersCount);
    const [replica] = nodes.slice(mastersCount);
    await joinNodes(masters, replica);
    return {
      url: `redis://:${password}@${masters.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
      masters,
      replica,
      masterOf: (key) => masterOf(masters, key),
      loseData: async () => void (await Promise.all(masters.map((node) => node.send('FLUSHALL')))),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const firstSlotOf = (index: number) => Math.floor((index * slotsCount) / mastersCount);

/** Hands every master its share of the slots, and waits until all know of all. */
async function joinNodes(
  masters: readonly TestRedisNode[],
  replica: TestRedisNode | undefined,
): Promise<void> {
  const [first, ...others] = replica === undefined ? masters : [...masters, replica];
  for (const [index, master] of masters.entries()) {
    const last = firstSlotOf(index + 1) - 1;
    await master.send('CLUSTER', 'ADDSLOTSRANGE', String(firstSlotOf(index)), String(last));
  }
  for (const node of others) await node.send('CLUSTER', 'MEET', '127.0.0.1', String(first?.port));
  const nodes = [first, ...others].filter((node) => node !== undefined);
  await Promise.all(nodes.map((node) => until(() => assertWhole(node, nodes.length))));
  if (first === undefined || replica === undefined) return;
  await replica.send('CLUSTER', 'REPLICATE', String(await first.send('CLUSTER', 'MYID')));
  await until(() => assertFollows(replica));
}

const until = (attempt: () => Promise<void>) => untilSucceeds(attempt, AbortSignal.timeout(joinedWithinMs));

async function assertWhole(node: TestRedisNode, count: number): Promise<void> {
  const info = String(await node.send('CLUSTER', 'INFO'));
  if (!/cluster_state:ok/.test(info) || !info.includes(`cluster_known_nodes:${count}`)) throw new Error(info);
}

async function assertFollows(replica: TestRedisNode): Promise<void> {
  const info = String(await replica.send('INFO', 'replication'));
  if (!/master_link_status:up/.test(info)) throw new Error(info);
}

async function masterOf(masters: readonly TestRedisNode[], key: string): Promise<TestRedisNode> {
  const slot = Number(await masters.find(Boolean)?.send('CLUSTER', 'KEYSLOT', key));
  const found = masters.find((_, index) => slot < firstSlotOf(index + 1));
  if (found === undefined) throw new Error(`no master was given slot ${slot}`);
  return found;
}
