import type { StackFile } from '@4runr/local-stack';
import { createClient } from '@redis/client';
import { Client } from 'pg';
import type { Storage } from '../record/run-record.ts';

/** What Postgres and both Redis hold, in bytes; null where one of them does not tell. */
export async function readStorage({ postgres, redis }: StackFile): Promise<Storage | null> {
  try {
    const [written, state, cache] = await Promise.all([
      readPostgres(postgres.url),
      readRedis(redis.url),
      readRedis(redis.cacheUrl),
    ]);
    return {
      ...written,
      aofBytes: state.aof_current_size ?? 0,
      stateBytes: state.used_memory ?? 0,
      cacheBytes: cache.used_memory ?? 0,
    };
  } catch {
    return null;
  }
}

async function readPostgres(connectionString: string): Promise<Pick<Storage, 'databaseBytes' | 'walBytes'>> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ database: string; wal: string }>(
      "select pg_database_size(current_database()) as database, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as wal",
    );
    return { databaseBytes: Number(rows[0]?.database), walBytes: Number(rows[0]?.wal) };
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
