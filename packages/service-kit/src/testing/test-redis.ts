import { createClient, type RedisClientType } from '@redis/client';
import { readTestConfig } from './config.ts';

/** A database of its own on the tests' Redis, for what is kept under keys of fixed names. */
export interface TestRedis {
  readonly url: string;
  /** For tests to write what other services write. */
  readonly client: RedisClientType;
  /** Forgets everything, as a Redis that lost its disk has. */
  loseData(): Promise<void>;
  /** Forgets everything and ends the client. */
  drop(): Promise<void>;
}

/** Counts the databases given out, in database 0. */
const counterKey = 'test-redis:databases';

export async function createTestRedis(): Promise<TestRedis> {
  const url = new URL(readTestConfig().redisUrl);
  url.pathname = `/${await nextDatabase(url.href)}`;
  const client: RedisClientType = createClient({ url: url.href });
  await client.connect();
  const loseData = async () => void (await client.flushDb());
  return {
    url: url.href,
    client,
    loseData,
    drop: async () => {
      await loseData();
      client.destroy();
    },
  };
}

async function nextDatabase(url: string): Promise<number> {
  const client = createClient({ url });
  await client.connect();
  try {
    return await client.incr(counterKey);
  } finally {
    client.destroy();
  }
}
