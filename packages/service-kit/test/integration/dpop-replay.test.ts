import assert from 'node:assert/strict';
import { hash, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { baseSettings, loadConfig } from '../../src/config/index.ts';
import { createDpopReplayGuard } from '../../src/dpop/index.ts';
import type { ProblemError } from '../../src/errors/index.ts';
import { createKit } from '../../src/lifecycle/kit.ts';
import { createRedis, type Redis } from '../../src/redis/index.ts';
import {
  createSeverableLink,
  type SeverableLink,
  testRedisUrl,
  untilRedisAnswers,
} from '../../src/testing/index.ts';

const owned = createKit('test-service', loadConfig(baseSettings(0), { LOG_LEVEL: 'silent' }));
let link: SeverableLink;
let replicas: readonly Redis[];

before(async () => {
  link = await createSeverableLink(testRedisUrl());
  replicas = [createRedis(owned.kit, { url: testRedisUrl() }), createRedis(owned.kit, { url: link.url })];
  await Promise.all(replicas.map((redis) => untilRedisAnswers(redis)));
});
after(async () => {
  await owned.closeAll();
  await link.close();
});

const nowMs = 1_760_000_000_000;
const clock = () => nowMs;
const iat = nowMs / 1_000;
const proof = (change = {}) => ({ jkt: 'k'.repeat(43), jti: randomUUID(), iat, ...change });

describe('a proof', () => {
  it('of many uses at once on two replicas serves exactly once', async () => {
    const guards = replicas.map((redis) => createDpopReplayGuard(redis, clock));
    const used = proof();
    const uses = Array.from({ length: 20 }, (_, index) => guards[index % guards.length]?.use(used));
    assert.equal((await Promise.all(uses)).filter((use) => use?.isNew).length, 1);
  });

  it('of another key with the same jti is another one', async () => {
    const [redis] = replicas as [Redis];
    const guard = createDpopReplayGuard(redis, clock);
    const used = proof();
    assert.equal((await guard.use(used)).isNew, true);
    assert.equal((await guard.use({ ...used, jkt: 'j'.repeat(43) })).isNew, true);
  });

  for (const [when, age] of [
    ['of now', 0],
    ['that is nearly too old', 59],
    ['that is ahead', -60],
  ] as const) {
    it(`${when} is remembered for as long as it could be used, a minute of skew included, and no longer`, async () => {
      const [redis] = replicas as [Redis];
      const used = proof({ iat: iat - age });
      await createDpopReplayGuard(redis, clock).use(used);
      const ttl = await redis.ttl(`{replay}:dpop:${hash('sha256', `${used.jkt}.${used.jti}`, 'base64url')}`);
      const expected = 60 - age + 60;
      assert.ok(ttl > expected - 5 && ttl <= expected, `${ttl} s`);
    });
  }

  it('does not pass while nobody can know whether it was used', async () => {
    const [, severable] = replicas as [Redis, Redis];
    await link.sever();
    await assert.rejects(createDpopReplayGuard(severable, clock).use(proof()), (error: ProblemError) => {
      assert.equal(error.code, 'service.unavailable');
      return error.headers['Retry-After'] === '1';
    });
  });
});
