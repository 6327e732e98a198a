import { ClientOfflineError } from '@redis/client';
import { type Kit, repeatUntilClosed } from '../../lifecycle/index.ts';
import type { Redis } from '../keyed-commands.ts';
import type { RedisLocation } from '../redis-url.ts';
import { askForSlots } from './ask-for-slots.ts';
import { createClusterNodes } from './cluster-nodes.ts';
import { routeCommands } from './route-commands.ts';
import { createRunOnSlot } from './run-on-slot.ts';
import { createSlotMap } from './slot-map.ts';

export interface RedisClusterOptions {
  readonly location: RedisLocation;
  /** Longest wait for one command's answer, in milliseconds. */
  readonly commandTimeoutMs: number;
}

/** Between two looks at who serves which slot, in milliseconds: a failover is noticed without anybody being redirected. */
const lookEveryMs = 1_000;

/**
 * A client of a Redis Cluster: a connection to each master, each as to a single server, so that one that is away or silent concerns
 * its own slots alone. Who serves which slot is asked every second, and whenever a node says that it has moved (ADR 33).
 */
export function createRedisCluster(kit: Kit, { location, commandTimeoutMs }: RedisClusterOptions): Redis {
  const slots = createSlotMap();
  const nodes = createClusterNodes({ location, commandTimeoutMs, logger: kit.logger });

  async function look(): Promise<void> {
    const { ranges, asked } = await askForSlots({ nodes, location, commandTimeoutMs });
    nodes.keep(slots.replace(ranges, asked));
  }
  const lookSoon = oneAtATime(look);

  const run = createRunOnSlot({
    slots,
    nodes,
    redirectedWithinMs: commandTimeoutMs,
    // What fails now is tried again within a second, and is logged then.
    onMoved: () => void lookSoon().catch(() => {}),
  });
  kit.onClose('redis', nodes.close);
  repeatUntilClosed(kit, {
    name: 'look at who serves which slot of the redis cluster',
    everyMs: lookEveryMs,
    run: lookSoon,
  });
  return {
    ...routeCommands(run),
    async ping() {
      const [name] = nodes.connected();
      if (name === undefined) throw new ClientOfflineError();
      return nodes.commandsOf(name).ping();
    },
  };
}

/** Whoever asks while the work is under way waits for the same. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}
