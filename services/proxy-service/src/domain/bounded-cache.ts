/** Keeps what was made for a key, for the keys that were asked for last. */
export interface BoundedCache<V> {
  /** What was made for the key, or what `make` makes now. What `make` throws is thrown, and nothing kept. */
  get(key: string, make: () => V): V;
  /** All that is kept. */
  values(): Iterable<V>;
  /** Keeps no longer what the test is true of. */
  drop(isStale: (value: V) => boolean): void;
}

export function createBoundedCache<V extends object>(entriesMax: number): BoundedCache<V> {
  const entries = new Map<string, V>();
  return {
    get(key, make) {
      const value = entries.get(key) ?? make();
      // A map keeps the order in which its keys were set: the first is the one that was not asked for longest.
      entries.delete(key);
      entries.set(key, value);
      const [oldest] = entries.keys();
      if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest);
      return value;
    },
    values: () => entries.values(),
    drop(isStale) {
      for (const [key, value] of entries) if (isStale(value)) entries.delete(key);
    },
  };
}
