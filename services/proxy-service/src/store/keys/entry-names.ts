import { hash } from 'node:crypto';
import { partitionOf, partitionTag } from '@4runr/contracts/partition';
import type { CallKey } from '../../domain/keyed-call.ts';

/** Where an entry is kept, and what protects it. Of the key itself nothing is kept. */
export interface EntryNames {
  /** Of the entry among those of its agent. */
  readonly name: string;
  /** The entry, the index of the agent's entries, the sum of their bytes: all in one slot of a Redis Cluster. */
  readonly keys: readonly [entry: string, index: string, bytes: string];
  /** 32 bytes that only who knows the key can have. */
  readonly secret: Buffer;
}

/** Bytes of SHA-512 that name an entry; the others are its secret. */
const nameBytes = 32;

/** Two keys of one value that differ in holder or space have nothing in common. */
export function entryNamesOf({ space, holder, value }: CallKey): EntryNames {
  const derived = hash('sha512', JSON.stringify(['4runr idempotency v1', space, value, ...holder]), 'buffer');
  const name = derived.toString('base64url', 0, nameBytes);
  const [agent] = holder;
  const tag = partitionTag(partitionOf(agent));
  const index = `${tag}:keys:${agent}`;
  return {
    name,
    keys: [`${tag}:key:${name}`, index, `${index}:bytes`],
    secret: derived.subarray(nameBytes),
  };
}
