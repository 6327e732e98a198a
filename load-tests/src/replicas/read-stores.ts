import type { StackFile } from '@4runr/local-stack';
import { createClient } from '@redis/client';
import { queryPostgres, type RedisCounts, readRedis, type StoreCounts } from '../run/store-counts.ts';

/**
 * What was added in one time beyond what would have been in it at the pace of another one.
 *
 * @param share how long the first took, of the second
 */
export function addedBy(
  busy: { before: StoreCounts; after: StoreCounts },
  idle: { before: StoreCounts; after: StoreCounts },
  share: number,
): StoreCounts {
  const added = (of: (counts: StoreCounts) => number) =>
    of(busy.after) - of(busy.before) - (of(idle.after) - of(idle.before)) * share;
  const redis = (role: 'state' | 'cache'): RedisCounts => ({
    commands: added((counts) => counts[role].commands),
    inputBytes: added((counts) => counts[role].inputBytes),
    outputBytes: added((counts) => counts[role].outputBytes),
    memoryBytes: added((counts) => counts[role].memoryBytes),
    aofBytes: added((counts) => counts[role].aofBytes),
  });
  return {
    walBytes: added(({ walBytes }) => walBytes),
    databaseBytes: added(({ databaseBytes }) => databaseBytes),
    transactions: added(({ transactions }) => transactions),
    state: redis('state'),
    cache: redis('cache'),
  };
}

export interface Connections {
  /** Open at this moment, by the role of Postgres that each service has. */
  readonly postgres: Readonly<Record<string, number>>;
  readonly state: number;
  readonly cache: number;
}

/** Without those of this program. */
export async function readConnections({ postgres, redis }: StackFile): Promise<Connections> {
  const rows = await queryPostgres(
    postgres.url,
    `select usename as role, count(*) as number from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid() group by usename order by usename`,
  );
  const clientsOf = async (url: string) => ((await readRedis(url)).connected_clients ?? 1) - 1;
  return {
    postgres: Object.fromEntries(rows.map(({ role, number }) => [String(role), Number(number)])),
    state: await clientsOf(redis.url),
    cache: await clientsOf(redis.cacheUrl),
  };
}

/** Keys of one kind in a Redis. */
export interface KeptKind {
  readonly redis: 'state' | 'cache';
  readonly kind: string;
  readonly keys: number;
  /** Bytes of one, on average over a sample; and the longest time that one of them has left, in seconds, -1 of no end. */
  readonly bytesEach: number;
  readonly ttlSeconds: number;
}

const sampleMax = 200;

/** Keys by kind: their names without partition, number and identifier. */
export async function readKept({ redis }: StackFile): Promise<KeptKind[]> {
  return [...(await keptIn('state', redis.url)), ...(await keptIn('cache', redis.cacheUrl))];
}

async function keptIn(role: KeptKind['redis'], url: string): Promise<KeptKind[]> {
  const client = createClient({ url });
  await client.connect();
  try {
    const keys: string[] = [];
    for await (const some of client.scanIterator({ COUNT: 1_000 })) keys.push(...some);
    const found: KeptKind[] = [];
    for (const [kind, own] of Map.groupBy(keys, kindOf)) {
      const sample = own.slice(0, sampleMax);
      const bytes = await Promise.all(sample.map((key) => client.memoryUsage(key)));
      const ttls = await Promise.all(sample.map((key) => client.ttl(key)));
      found.push({
        redis: role,
        kind,
        keys: own.length,
        bytesEach: bytes.reduce<number>((sum, value) => sum + (value ?? 0), 0) / sample.length,
        ttlSeconds: Math.max(...ttls),
      });
    }
    return found;
  } finally {
    client.destroy();
  }
}

function kindOf(key: string): string {
  return key.replace(/^\{[^}]*\}:/, '').split(':')[0] ?? '';
}
