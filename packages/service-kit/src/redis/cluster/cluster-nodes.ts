import { once } from 'node:events';
import type { RedisClientType } from '@redis/client';
import { createAbsenceLog, type Logger } from '../../telemetry/index.ts';
import { createRedisServer, type RedisServer } from '../redis-server.ts';
import type { RedisLocation } from '../redis-url.ts';
import { addressOf, type NodeName } from './node-name.ts';

/** The connections to the nodes of a cluster, one to each. They are made anew by themselves as long as the node is one. */
export interface ClusterNodes {
  /** Commands for a node, which reject at once while it is not connected. Begins to connect to one that is new. */
  commandsOf(name: NodeName): RedisClientType;
  /** Those that are connected, in an order of chance. */
  connected(): readonly NodeName[];
  /** Resolves once the node is connected. @param withinMs @throws Error when it is not in time */
  untilConnected(name: NodeName, withinMs: number): Promise<void>;
  /** Connects to these nodes, and ends the connections to all others. */
  keep(names: ReadonlySet<NodeName>): void;
  /** Ends all connections; what comes later rejects, and begins none. */
  close(): void;
}

export interface ClusterNodesOptions {
  readonly location: RedisLocation;
  readonly commandTimeoutMs: number;
  readonly logger: Logger;
}

export function createClusterNodes(options: ClusterNodesOptions): ClusterNodes {
  const servers = new Map<NodeName, RedisServer>();
  let isClosed = false;

  function serverOf(name: NodeName): RedisServer {
    const known = servers.get(name);
    if (known !== undefined) return known;
    const server = createNode(name, options);
    servers.set(name, server);
    // Rejects only when the client is closed before it was ever connected; everything else is told by its events.
    if (!isClosed) server.client.connect().catch(() => {});
    return server;
  }

  function end(names: Iterable<NodeName>): void {
    for (const name of names) {
      servers.get(name)?.client.destroy();
      servers.delete(name);
    }
  }

  return {
    commandsOf: (name) => serverOf(name).commands,
    connected: () => shuffle([...servers].filter(([, { client }]) => client.isReady).map(([name]) => name)),
    async untilConnected(name, withinMs) {
      const { client } = serverOf(name);
      if (client.isReady) return;
      await once(client, 'ready', { signal: AbortSignal.timeout(withinMs) });
    },
    keep(names) {
      end([...servers.keys()].filter((name) => !names.has(name)));
      for (const name of names) serverOf(name);
    },
    close() {
      isClosed = true;
      end([...servers.keys()]);
    },
  };
}

function createNode(
  name: NodeName,
  { location, commandTimeoutMs, logger }: ClusterNodesOptions,
): RedisServer {
  const server = createRedisServer({ location, address: addressOf(name), commandTimeoutMs });
  const absence = createAbsenceLog(logger);
  server.client.on('error', (error: unknown) =>
    absence.away({ err: error, node: name }, 'no connection to a node of the redis cluster'),
  );
  server.client.on('ready', () =>
    absence.present({ node: name }, 'connected to a node of the redis cluster again'),
  );
  return server;
}

function shuffle<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}
