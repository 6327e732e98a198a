import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { readTestConfig } from './config.ts';

export interface TestDatabase {
  /** Connection URL of a database that exists for this test alone. */
  readonly url: string;
  drop(): Promise<void>;
}

/** Creates an empty database on the tests' Postgres. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const admin = readTestConfig().postgresUrl;
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(admin, `create database ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(admin, `drop database if exists ${name} with (force)`) };
}

/**
 * Connections of a test's own to a database. That the server ends one of them concerns nobody: the database is dropped while
 * a connection that was given up may still be closing.
 */
export function createTestPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max });
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', () => {});
  return pool;
}

/** URL of the tests' Redis. It is shared: tests use keys that no other test can have. */
export function testRedisUrl(): string {
  return readTestConfig().redisUrl;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
