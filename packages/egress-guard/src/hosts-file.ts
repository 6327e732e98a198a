import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ResolvedAddress } from './resolver.ts';

/** What a `hosts` file says: names in lower case and without a dot at their end, each with its addresses in the file's order. */
export type HostsTable = ReadonlyMap<string, readonly ResolvedAddress[]>;

/** Reads the text of a `hosts` file (hosts(5)): an address and its names in a line. Lines without an address say nothing. */
export function parseHosts(text: string): HostsTable {
  const table = new Map<string, ResolvedAddress[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const family = isIP(address);
    if (family === 4 || family === 6)
      for (const name of names.map(canonicalName))
        table.set(name, [...(table.get(name) ?? []), { address, family }]);
  }
  return table;
}

/** As names of a table are written. */
export function canonicalName(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, '');
}

/** A table that is read again when it is older than `maxAgeMs`. A file that cannot be read says nothing. */
export function createHostsFile(path: string, maxAgeMs: number): () => Promise<HostsTable> {
  let table: Promise<HostsTable> = Promise.resolve(new Map());
  let readAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - readAt > maxAgeMs) {
      readAt = performance.now();
      table = readFile(path, 'utf8').then(parseHosts, () => new Map());
    }
    return table;
  };
}
