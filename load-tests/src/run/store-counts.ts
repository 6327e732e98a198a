import type { StackFile } from '@4runr/local-stack';
import { createClient } from '@redis/client';
import { Client } from 'pg';

/** What Postgres and both Redis have done so far. */
export interface StoreCounts {
  readonly walBytes: number;
  readonly databaseBytes: number;
  readonly transactions: number;
  readonly state: RedisCounts;
  readonly cache: RedisCounts;
}

export interface RedisCounts {
  readonly commands: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly memoryBytes: number;
  readonly aofBytes: number;
}

export async function readStores({ postgres, redis }: StackFile): Promise<StoreCounts> {
  const [row = {}] = await queryPostgres(
    postgres.url,
    `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as wal, pg_database_size(current_database()) as size,
            (select sum(xact_commit) from pg_stat_database) as commits`,
  );
  return {
    walBytes: Number(row.wal),
    databaseBytes: Number(row.size),
    transactions: Number(row.commits),
    state: countsOf(await readRedis(redis.url)),
    cache: countsOf(await readRedis(redis.cacheUrl)),
  };
}

function countsOf(info: Readonly<Record<string, number>>): RedisCounts {
  const of = (name: string) => info[name] ?? 0;
  return {
    commands: of('total_commands_processed'),
    inputBytes: of('total_net_input_bytes'),
    outputBytes: of('total_net_output_bytes'),
    memoryBytes: of('used_memory'),
    aofBytes: of('aof_current_size'),
  };
}

/** Rows of one query, over a connection of its own. */
export async function queryPostgres(
  connectionString: string,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Fields of INFO that are numbers. */
export async function readRedis(url: string): Promise<Readonly<Record<string, number>>> {
  const client = createClient({ url });
  await client.connect();
  try {
    const text = await client.info();
    return Object.fromEntries(
      [...text.matchAll(/^(\w+):(\d+)\r?$/gm)].map(([, name = '', value]) => [name, Number(value)]),
    );
  } finally {
    client.destroy();
  }
}
