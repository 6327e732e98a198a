import type { RedisClientType } from '@redis/client';
import type { ClusterNodes } from './cluster-nodes.ts';
import { slotOf } from './key-slot.ts';
import { addressOf, type NodeName } from './node-name.ts';
import { readRedirection } from './redirection.ts';
import type { SlotMap } from './slot-map.ts';

/** Does work, one command or one transaction, on the node that has the key. */
export type RunOnSlot = <T>(key: string, work: (node: RedisClientType) => Promise<T>) => Promise<T>;

/** Nodes that send a key back and forth do not agree yet on who has it. */
const redirectionsMax = 8;

/** Nobody is known to serve the slot of a key. */
export class SlotUnservedError extends Error {
  override readonly name = 'SlotUnservedError';
}

export interface RunOnSlotParts {
  readonly slots: Pick<SlotMap, 'nodeOf' | 'move'>;
  readonly nodes: Pick<ClusterNodes, 'commandsOf' | 'untilConnected'>;
  /** Longest time after which a redirection is still followed, in milliseconds. */
  readonly redirectedWithinMs: number;
  /** Told when a slot is not where it was thought to be. */
  readonly onMoved: () => void;
}

/**
 * What is begun in one turn of the event loop for one node is written together and in order, as with one server. A redirection is followed;
 * all of it takes no longer than twice the timeout of a command.
 */
export function createRunOnSlot(parts: RunOnSlotParts): RunOnSlot {
  const { slots, nodes } = parts;

  async function follow<T>(
    slot: number,
    { from, error, work }: { from: NodeName; error: unknown; work: (node: RedisClientType) => Promise<T> },
  ): Promise<T> {
    const until = performance.now() + parts.redirectedWithinMs;
    let asked = from;
    let failure = error;
    for (let redirections = 0; ; redirections += 1) {
      const redirection = readRedirection(failure, addressOf(asked));
      const leftMs = until - performance.now();
      if (redirection === undefined || leftMs <= 0 || redirections === redirectionsMax) throw failure;
      const { kind, node } = redirection;
      if (kind === 'moved') {
        slots.move(slot, node);
        parts.onMoved();
      }
      try {
        await nodes.untilConnected(node, leftMs);
        const commands = nodes.commandsOf(node);
        return await (kind === 'ask' ? askFirst(commands, work) : work(commands));
      } catch (next) {
        [asked, failure] = [node, next];
      }
    }
  }

  return (key, work) => {
    const slot = slotOf(key);
    const from = slots.nodeOf(slot);
    if (from === undefined) return Promise.reject(new SlotUnservedError(`nobody serves slot ${slot}`));
    return work(nodes.commandsOf(from)).catch((error: unknown) => follow(slot, { from, error, work }));
  };
}

/** The node takes the next command alone for a slot that is not its own yet. */
async function askFirst<T>(node: RedisClientType, work: (node: RedisClientType) => Promise<T>): Promise<T> {
  const [, answer] = await Promise.all([node.sendCommand(['ASKING']), work(node)]);
  return answer;
}
