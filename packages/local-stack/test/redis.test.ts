import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClient } from '@redis/client';
import { prepareRedis } from '../src/parts/index.ts';
import { temporaryFolder } from '../src/process/testing.ts';
import { killHard, partOptions, running } from './parts-under-test.ts';

describe('Redis of the stack', () => {
  it('as state keeps everything over kill -9 and refuses to evict', async () => {
    using folder = temporaryFolder();
    using options = await partOptions(folder.path, 'redis');
    const server = await running((await prepareRedis({ ...options, role: 'state' })).spec);
    const { url } = await prepareRedis({ ...options, role: 'state' });
    await command(url, ['SET', 'revoked', 'agt_1']);
    await killHard(server);

    await using _again = await running((await prepareRedis({ ...options, role: 'state' })).spec);
    assert.equal(await command(url, ['GET', 'revoked']), 'agt_1');
    assert.deepEqual(await command(url, ['CONFIG', 'GET', 'maxmemory-policy']), {
      'maxmemory-policy': 'noeviction',
    });
  });

  it('as state has on disk what it has answered, also when it is killed while it syncs a lot', async () => {
    using folder = temporaryFolder();
    using options = await partOptions(folder.path, 'redis');
    const redis = await prepareRedis({ ...options, role: 'state' });
    const server = await running(redis.spec);
    const answered = await writeIntoSync(redis.url);
    await killHard(server);

    await using _again = await running(redis.spec);
    assert.equal(await command(redis.url, ['GET', 'answered']), String(answered));
  });

  it('as cache keeps nothing on disk and evicts beyond 64 MB', async () => {
    using folder = temporaryFolder();
    using options = await partOptions(folder.path, 'redis');
    const redis = await prepareRedis({ ...options, role: 'cache' });
    const server = await running(redis.spec);
    await command(redis.url, ['SET', 'cached', 'page']);
    await server.stop(5_000);

    await using _again = await running(redis.spec);
    assert.equal(await command(redis.url, ['GET', 'cached']), null);
    assert.deepEqual(await command(redis.url, ['CONFIG', 'GET', 'maxmemory*']), {
      maxmemory: String(64 * 1024 * 1024),
      'maxmemory-policy': 'allkeys-lru',
      'maxmemory-samples': '5',
      'maxmemory-eviction-tenacity': '10',
      'maxmemory-clients': '0',
    });
  });

  it('refuses who does not know the password', async () => {
    using folder = temporaryFolder();
    using options = await partOptions(folder.path, 'redis');
    const redis = await prepareRedis({ ...options, role: 'state' });
    await using _server = await running(redis.spec);
    await assert.rejects(command(`redis://127.0.0.1:${options.port}`, ['PING']), /NOAUTH/);
  });
});

const megabyte = 'x'.repeat(1_048_576);

/** A sync in the background would begin once a second. */
const syncBeginsWithinMs = 1_500;

/** Writes until a sync is under way in the background, or none comes, and a little more. Answers with the last number written. */
async function writeIntoSync(url: string): Promise<number> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  await client.connect();
  let answered = 0;
  const until = performance.now() + syncBeginsWithinMs;
  const write = () => client.set('answered', String(++answered));
  const isSyncing = async () => /aof_pending_bio_fsync:[1-9]/.test(await client.info('persistence'));
  try {
    while (performance.now() < until && !(await isSyncing())) {
      await client.set('bulk', megabyte);
      await write();
    }
    for (let more = 0; more < 3; more += 1) await write();
    return answered;
  } finally {
    client.destroy();
  }
}

async function command(url: string, words: string[]): Promise<unknown> {
  const client = createClient({ url, RESP: 3, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  await client.connect();
  try {
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
}
