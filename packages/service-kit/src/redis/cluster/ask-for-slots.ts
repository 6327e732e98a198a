import type { RedisClientType } from '@redis/client';
import { createRedisServer } from '../redis-server.ts';
import type { RedisAddress, RedisLocation } from '../redis-url.ts';
import type { ClusterNodes } from './cluster-nodes.ts';
import { addressOf } from './node-name.ts';
import type { SlotRange } from './slot-map.ts';

/** What a node says of the cluster. */
export interface SlotsAnswer {
  readonly asked: RedisAddress;
  readonly ranges: readonly SlotRange[];
}

export interface AskingParts {
  readonly nodes: Pick<ClusterNodes, 'connected' | 'commandsOf'>;
  readonly location: RedisLocation;
  readonly commandTimeoutMs: number;
}

/**
 * Asks the nodes that are connected, then those that the URL names, one after the other, until one knows who serves which slot.
 *
 * @throws the last one's error
 */
export async function askForSlots(parts: AskingParts): Promise<SlotsAnswer> {
  const { nodes, location } = parts;
  let failure: unknown;
  for (const name of nodes.connected()) {
    try {
      return await ask(addressOf(name), nodes.commandsOf(name));
    } catch (error) {
      failure = error;
    }
  }
  for (const address of location.addresses) {
    try {
      return await askOnce(address, parts);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function ask(asked: RedisAddress, commands: RedisClientType): Promise<SlotsAnswer> {
  const ranges = await commands.clusterSlots();
  if (ranges.length === 0) throw new Error(`${asked.host}:${asked.port} knows of no slots`);
  return { asked, ranges };
}

/** By a connection for this question alone: the URL may name what is no node's own name, and several nodes by one. */
async function askOnce(
  address: RedisAddress,
  { location, commandTimeoutMs }: AskingParts,
): Promise<SlotsAnswer> {
  const { client, commands } = createRedisServer({ location, address, commandTimeoutMs, isKept: false });
  client.on('error', () => {});
  try {
    await client.connect();
    return await ask(address, commands);
  } finally {
    if (client.isOpen) client.destroy();
  }
}
