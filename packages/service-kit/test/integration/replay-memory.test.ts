import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { baseSettings, loadConfig } from '../../src/config/index.ts';
import type { ProblemError } from '../../src/errors/index.ts';
import { createKit } from '../../src/lifecycle/kit.ts';
import { createRedis, type Redis } from '../../src/redis/index.ts';
import { assertMadeWithin, createReplayMemory, type ReplayMemory } from '../../src/replay-memory/index.ts';
import { createTestRedis, type TestRedis, untilRedisAnswers } from '../../src/testing/index.ts';

const owned = createKit('test-service', loadConfig(baseSettings(0), { LOG_LEVEL: 'silent' }));
const startSeconds = 1_760_000_000;
const memoryKey = '{replay}:memory';
let redis: TestRedis;
let connections: readonly Redis[];
let nowSeconds: number;
let replicas: readonly [ReplayMemory, ReplayMemory];

before(async () => {
  redis = await createTestRedis();
  connections = [redis.url, redis.url].map((url) => createRedis(owned.kit, { url }));
  await Promise.all(connections.map((redis) => untilRedisAnswers(redis)));
});
after(async () => {
  await owned.closeAll();
  await redis.drop();
});
beforeEach(async () => {
  await redis.loseData();
  nowSeconds = startSeconds;
  const [one, other] = connections as [Redis, Redis];
  const clock = () => nowSeconds * 1_000 + 900;
  replicas = [createReplayMemory(one, clock), createReplayMemory(other, clock)];
});

describe('what serves once', () => {
  it('is known to be used on every replica, in one memory', async () => {
    const [one, other] = replicas;
    const name = randomUUID();
    const uses = await Promise.all([one.use(name, 60), other.use(name, 60), one.use(name, 60)]);
    assert.equal(uses.filter(({ isNew }) => isNew).length, 1);
    assert.deepEqual(new Set(uses.map(({ memory }) => memory.id)).size, 1);
  });

  for (const forSeconds of [60, 0, -1_000]) {
    it(`and could be used again for ${forSeconds} s is remembered for a minute longer, however the clocks differ`, async () => {
      await replicas[0].use('thing', forSeconds);
      const ttl = await redis.client.ttl('{replay}:thing');
      const expected = Math.max(forSeconds, 0) + 60;
      assert.ok(ttl > expected - 5 && ttl <= expected, `${ttl} s`);
    });
  }
});

describe('a memory', () => {
  it('begins once, with whoever asks first, and is nobody’s afterwards', async () => {
    const [one, other] = replicas;
    const memory = await one.read();
    assert.equal(memory.beganAtSeconds, startSeconds);
    nowSeconds += 100;
    await other.begin();
    assert.deepEqual(await other.read(), memory);
    assert.deepEqual((await one.use('thing', 60)).memory, memory);
  });

  it('reaches back for ever where nothing can have been used yet, and only there', async () => {
    const [one, other] = replicas;
    await one.begin(0);
    assert.equal((await other.read()).beganAtSeconds, 0);
    await redis.loseData();
    await other.read();
    await one.begin(0);
    assert.equal((await one.read()).beganAtSeconds, startSeconds);
  });

  const losses = {
    'that lost its data': () => redis.loseData(),
    // What has been used and the memory are there, as of some time before the server stopped.
    'that is another run, and may lack what was written last': async () =>
      void (await redis.client.set(memoryKey, `otherrun.${startSeconds}.${randomUUID()}`)),
  };
  for (const [what, lose] of Object.entries(losses)) {
    it(`begins anew in a Redis ${what}: what was made before serves no more, what is made in the next second does`, async () => {
      const [one, other] = replicas;
      const before = await one.read();
      nowSeconds += 100;
      await lose();
      const { memory } = await other.use('thing', 60);
      assert.notEqual(memory.id, before.id);
      assert.deepEqual(await one.read(), memory);
      const refused = (error: ProblemError) => error.code === 'service.unavailable';
      assert.throws(() => assertMadeWithin(memory, nowSeconds - 1), refused);
      assert.throws(() => assertMadeWithin(memory, nowSeconds), refused);
      assert.doesNotThrow(() => assertMadeWithin(memory, nowSeconds + 1));
    });
  }
});
