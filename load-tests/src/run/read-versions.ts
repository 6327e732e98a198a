import type { StackFile } from '@4runr/local-stack';
import { createClient } from '@redis/client';
import { Client } from 'pg';
import { request } from 'undici';

/** Versions of what the mesh stands on, by what the report calls it. What does not tell is left out. */
export async function readVersions(stack: StackFile): Promise<Record<string, string>> {
  const [postgres, redis, nginx] = await Promise.all([
    postgresVersion(stack.postgres.url).catch(() => undefined),
    redisVersion(stack.redis.url).catch(() => undefined),
    edgeServer(stack.edge.http).catch(() => undefined),
  ]);
  const rows = { Database: postgres, 'Cache layer': redis, Edge: nginx };
  return Object.fromEntries(Object.entries(rows).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

async function postgresVersion(connectionString: string): Promise<string> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return `PostgreSQL ${rows[0]?.server_version}`;
  } finally {
    await client.end();
  }
}

async function redisVersion(url: string): Promise<string> {
  const client = createClient({ url });
  await client.connect();
  try {
    return `Redis ${/redis_version:(\S+)/.exec(await client.info('server'))?.[1]}`;
  } finally {
    client.destroy();
  }
}

async function edgeServer(url: string): Promise<string> {
  const { headers, body } = await request(`${url}/health`);
  await body.dump();
  return String(headers.server ?? 'nginx');
}
