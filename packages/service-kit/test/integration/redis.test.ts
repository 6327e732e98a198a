import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { baseSettings, loadConfig } from '../../src/config/index.ts';
import { createKit } from '../../src/lifecycle/kit.ts';
import { createRedis, type Redis, translateRedisError } from '../../src/redis/index.ts';
import {
  createSeverableLink,
  type SeverableLink,
  testRedisUrl,
  untilRedisAnswers,
} from '../../src/testing/index.ts';

const owned = createKit('test-service', loadConfig(baseSettings(0), { LOG_LEVEL: 'silent' }));
const commandTimeoutMs = 100;
let link: SeverableLink;
let redis: Redis;

before(async () => {
  link = await createSeverableLink(testRedisUrl());
  redis = createRedis(owned.kit, { url: link.url, commandTimeoutMs });
});
after(async () => {
  await owned.closeAll();
  await link.close();
});

/** Resolves once commands are written: node-redis does that at the end of a turn of the event loop. */
const sent = () => new Promise((resolve) => setImmediate(resolve));

/** The code that a failing command is answered with, and how long it took. */
async function failureOf(command: Promise<unknown>): Promise<{ code: string | undefined; tookMs: number }> {
  const startedAt = performance.now();
  const error = await command.then(
    () => assert.fail('the command went well'),
    (cause: unknown) => cause,
  );
  return { code: translateRedisError(error)?.code, tookMs: performance.now() - startedAt };
}

describe('redis', () => {
  it('refuses commands and transactions at once while it is not connected', async () => {
    const unconnected = createRedis(owned.kit, { url: 'redis://127.0.0.1:1' });
    for (const command of [unconnected.get('x'), unconnected.multi().get('x').exec()]) {
      const { code, tookMs } = await failureOf(command);
      assert.equal(code, 'service.unavailable');
      assert.ok(tookMs < 50);
    }
  });

  it('fails commands in flight when the connection is lost, and comes back by itself', async () => {
    await untilRedisAnswers(redis);
    const waiting = failureOf(redis.xRead({ key: 'no-such-stream', id: '$' }, { BLOCK: 10_000 }));
    await sent();
    await link.sever();
    assert.equal((await waiting).code, 'service.unavailable');
    assert.equal((await failureOf(redis.get('x'))).code, 'service.unavailable');
    await link.mend();
    await untilRedisAnswers(redis);
    assert.equal(await redis.ping(), 'PONG');
  });

  it('lets no command and no transaction wait longer than its timeout for a server that says nothing', async () => {
    await untilRedisAnswers(redis);
    link.stall();
    const outcomes = await Promise.all([
      failureOf(redis.get('x')),
      failureOf(redis.multi().get('x').get('y').exec()),
    ]);
    for (const { code, tookMs } of outcomes) {
      assert.equal(code, 'service.unavailable');
      assert.ok(tookMs < commandTimeoutMs + 100, `${tookMs} ms`);
    }
    await link.mend();
    await untilRedisAnswers(redis);
    assert.deepEqual(await redis.multi().ping().exec(), ['PONG']);
  });

  it('does not give up an answer that came while this process was busy', async () => {
    const direct = createRedis(owned.kit, { url: testRedisUrl(), commandTimeoutMs });
    await untilRedisAnswers(direct);
    const answer = direct.ping();
    await sent();
    const until = performance.now() + 2 * commandTimeoutMs;
    while (performance.now() < until);
    assert.equal(await answer, 'PONG');
  });

  it('makes no signal of its own for a command, whose timer would outlive the answer', async (t) => {
    await untilRedisAnswers(redis);
    const made = t.mock.method(AbortSignal, 'timeout');
    await redis.get('x');
    await redis.multi().get('x').exec();
    assert.equal(made.mock.callCount(), 0);
  });

  it('leaves what a command did wrong unforeseen', async () => {
    await untilRedisAnswers(redis);
    assert.equal(
      (await failureOf(redis.eval('return redis.call("NO-SUCH")', { keys: ['x'], arguments: [] }))).code,
      undefined,
    );
  });
});
