import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { startTestRedisServer, type TestRedisServer } from '@4runr/local-stack/parts';
import { type CachingMesh, readCached, startCachingMesh, untilKept } from '../fixtures/caching-mesh.ts';
import { eventually } from '../fixtures/eventually.ts';

const cacheDir = path.resolve(import.meta.dirname, '../../../../.local');

/** What the first calls may wait for a cache that is away, in milliseconds: their command's time, on a machine that is busy. */
const boundMs = 500;

let redis: TestRedisServer;
let mesh: CachingMesh;

before(async () => {
  redis = await startTestRedisServer({ cacheDir, role: 'cache' });
  mesh = await startCachingMesh({ settings: { REDIS_CACHE_URL: redis.url, CACHE_TIMEOUT_MS: '100' } });
});
after(async () => {
  redis.thaw();
  await mesh.close();
  await redis.stop();
});
/** Without a restart. */
afterEach(() => untilKept(() => mesh.call()));

/** Calls go on, the first ones after a bounded wait, and those that come later without one. */
async function assertCallsGoOn(): Promise<void> {
  const waits = [];
  for (let call = 0; call < 20; call += 1) {
    const answered = await mesh.call();
    const { meta, cacheStatus } = readCached(answered);
    assert.deepEqual([meta.cache, meta.attempts], ['bypass', 1]);
    assert.equal(cacheStatus, '"4RUNR"; fwd=bypass; detail=unavailable');
    waits.push(Number(/cache;dur=([\d.]+)/.exec(String(answered.headers['server-timing']))?.[1]));
  }
  assert.ok(Math.max(...waits) < boundMs, `${waits}`);
  assert.ok(waits.filter((ms) => ms >= 50).length <= 1, `${waits}`);
}

describe('a cache', () => {
  it('that is frozen costs its first callers a tenth of a second, and others nothing', async () => {
    redis.freeze();
    await assertCallsGoOn();
    redis.thaw();
  });

  it('that is killed and comes back with nothing is filled anew', async () => {
    await redis.kill();
    await assertCallsGoOn();
    await redis.restart('nothing');
  });

  it('that is away does not keep the proxy from being ready', async () => {
    redis.freeze();
    await mesh.call();
    assert.equal((await fetch(`${mesh.replicas[0]?.url}/readyz`)).status, 200);
    redis.thaw();
  });

  it('that is away cannot be purged: its operator is told', async () => {
    redis.freeze();
    const token = await mesh.neighbours.issuer.token({
      sub: 'opr_1',
      role: 'operator',
      scope: 'cache:write',
    });
    const purge = async () =>
      (
        await fetch(`${mesh.replicas[0]?.url}/v1/cache/web`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${token}` },
        })
      ).status;
    assert.equal(await purge(), 503);
    redis.thaw();
    await eventually(async () => (await purge()) === 204);
  });
});
