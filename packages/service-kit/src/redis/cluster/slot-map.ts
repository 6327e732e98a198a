import type { RedisAddress } from '../redis-url.ts';
import { slotCount } from './key-slot.ts';
import { type NodeName, namedBy } from './node-name.ts';

/** Slots that a node serves, as it answers to `CLUSTER SLOTS`. */
export interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly master: { readonly host: string | null; readonly port: number };
}

/** Which node serves which slot, as far as is known. */
export interface SlotMap {
  /** `undefined` of a slot that nobody is known to serve. */
  nodeOf(slot: number): NodeName | undefined;
  /** Takes what a node says of all slots. @returns the nodes that serve any */
  replace(ranges: readonly SlotRange[], asked: RedisAddress): ReadonlySet<NodeName>;
  /** Takes what a node says of one slot. */
  move(slot: number, to: NodeName): void;
}

export function createSlotMap(): SlotMap {
  const servers = new Array<NodeName | undefined>(slotCount).fill(undefined);
  return {
    nodeOf: (slot) => servers[slot],
    replace(ranges, asked) {
      servers.fill(undefined);
      const named = ranges.map(({ from, to, master }) => {
        const name = namedBy(master.host, master.port, asked);
        servers.fill(name, from, to + 1);
        return name;
      });
      return new Set(named);
    },
    move(slot, to) {
      servers[slot] = to;
    },
  };
}
