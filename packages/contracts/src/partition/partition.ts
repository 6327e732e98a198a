/** How many partitions the keys of the state Redis are laid out in. A power of two; it never changes. */
export const partitionCount = 16;

/**
 * The partition of an agent or operator, 0 to 15: the same for ever and in every service, because what is kept under
 * one's keys would be lost to the other. FNV-1a (32 bits) over the id's UTF-8, of which the highest bits are mixed best.
 */
export function partitionOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(id)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 28;
}

/** Prefix of every key of a partition; as a hash tag it keeps them in one slot of a Redis Cluster. */
export function partitionTag(partition: number): string {
  return `{p${partition}}`;
}
