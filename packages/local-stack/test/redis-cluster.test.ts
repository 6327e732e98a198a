import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { baseSettings, loadConfig } from '@4runr/service-kit/config';
import { createKit, type OwnedKit } from '@4runr/service-kit/lifecycle';
import { createRedis, type Redis, translateRedisError } from '@4runr/service-kit/redis';
import { startTestRedisCluster, type TestRedisCluster, type TestRedisNode } from '../src/parts/index.ts';

const commandTimeoutMs = 300;
/** Long enough for a busy machine, in milliseconds. */
const withinMs = 15_000;

let cluster: TestRedisCluster;
let isStandIn = false;
let tags: ReadonlyMap<number, string>;
let clients: OwnedKit<ReturnType<typeof config>>[] = [];

const config = () => loadConfig(baseSettings(0), { LOG_LEVEL: 'silent' });

before(async () => {
  const started = await startTestRedisCluster({ hasReplica: true });
  if (started === undefined) {
    isStandIn = true;
    return;
  }
  cluster = started;
  tags = await findTags();
});
after(() => cluster?.stop());
afterEach(async () => {
  await Promise.all(clients.map(({ closeAll }) => closeAll()));
  clients = [];
});

/** A client as each service makes one, that has not answered yet. */
function connect(url = cluster.url): Redis {
  const owned = createKit('proxy-service', config());
  clients.push(owned);
  return createRedis(owned.kit, { url, commandTimeoutMs });
}

async function eventually(attempt: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await delay(10);
    }
  }
}

/** New keys, one of each master. */
function keysOfMasters(): readonly [string, string, string] {
  const keyOf = (tag: string | undefined) => `{${tag}}:${randomUUID()}`;
  return [keyOf(tags.get(0)), keyOf(tags.get(1)), keyOf(tags.get(2))];
}

/** A hash tag of each master, by its number. */
async function findTags(): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  for (let tag = 0; found.size < 3; tag += 1)
    found.set(cluster.masters.indexOf(await cluster.masterOf(`{${tag}}`)), String(tag));
  return found;
}

const untilAllAnswer = (redis: Redis, keys: readonly string[]) =>
  eventually(() => Promise.all(keys.map((key) => redis.get(key))));

/** What a failing command is answered with, and how long it took. */
async function failureOf(command: Promise<unknown>): Promise<{ code: string | undefined; tookMs: number }> {
  const startedAt = performance.now();
  const error = await command.then(
    () => assert.fail('the command went well'),
    (cause: unknown) => cause,
  );
  return { code: translateRedisError(error)?.code, tookMs: performance.now() - startedAt };
}

/** Gives a slot from one master to another, with nothing in it; the client is not told. */
async function moveSlot(slot: string, from: number, to: number): Promise<void> {
  const [source, target] = [cluster.masters[from], cluster.masters[to]];
  const [sourceId, targetId] = [await idOf(source), await idOf(target)];
  await target?.send('CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId);
  await source?.send('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId);
  // The new owner first: whoever is redirected then is not sent back.
  for (const node of [target, source]) await node?.send('CLUSTER', 'SETSLOT', slot, 'NODE', targetId);
}

async function idOf(node: TestRedisNode | undefined): Promise<string> {
  return String(await node?.send('CLUSTER', 'MYID'));
}

async function slotOf(key: string): Promise<string> {
  return String(await cluster.masters[0]?.send('CLUSTER', 'KEYSLOT', key));
}

const echo = 'return {KEYS[1], ARGV[1]}';

describe('a client of a Redis Cluster of three masters', () => {
  before((context) => {
    if (isStandIn && 'skip' in context) context.skip('there is no Redis here that knows clusters');
  });

  it('takes each command, script and transaction to the node that has its key', async () => {
    const redis = connect();
    const keys = keysOfMasters();
    await untilAllAnswer(redis, keys);
    for (const key of keys) {
      const stream = `${key}:stream`;
      assert.deepEqual(await redis.eval(echo, { keys: [key], arguments: ['x'] }), [key, 'x']);
      const added = await redis.multi().set(key, '1').xAdd(stream, '1-1', { field: 'value' }).exec();
      assert.deepEqual(added, ['OK', '1-1']);
      assert.equal(await redis.get(key), '1');
      const read = await redis.xRead({ key: stream, id: '0' }, { BLOCK: 10 });
      assert.equal(read?.[0]?.messages[0]?.message.field, 'value');
    }
  });

  it('writes what belongs together in order, so that answers are as of the same moment', async () => {
    const redis = connect();
    const [key] = keysOfMasters();
    await untilAllAnswer(redis, [key]);
    const [, read, value] = await Promise.all([
      redis.set(key, 'before'),
      redis.xRead({ key: `${key}:stream`, id: '$' }, { BLOCK: 50 }),
      redis.get(key),
      redis.set(key, 'after'),
    ]);
    assert.deepEqual([read, value], [null, 'before']);
  });

  it('finds the others by one node, whichever of those that the URL names is there', async () => {
    const { password, host } = new URL(cluster.masters[1]?.url ?? '');
    const keys = keysOfMasters();
    await untilAllAnswer(connect(`redis://:${password}@127.0.0.1:1,${host}`), keys);
    await untilAllAnswer(connect(`redis://:${password}@${host}?cluster=on`), keys);
  });

  it('refuses everything at once while there is nobody to ask', async () => {
    const redis = connect('redis://127.0.0.1:1,127.0.0.1:2');
    for (const command of [redis.get('x'), redis.multi().get('x').exec(), redis.ping()]) {
      const { code, tookMs } = await failureOf(command);
      assert.equal(code, 'service.unavailable');
      assert.ok(tookMs < commandTimeoutMs, `${tookMs} ms`);
    }
  });

  it('while a node is gone refuses its keys at once and goes on with all others, also when it started meanwhile', async () => {
    const redis = connect();
    const keys = keysOfMasters();
    const [, gone, there] = keys;
    await untilAllAnswer(redis, keys);
    await cluster.masters[1]?.kill();
    const late = connect();
    try {
      await untilAllAnswer(late, [there]);
      for (const client of [redis, late]) {
        const { code, tookMs } = await failureOf(client.multi().get(gone).exec());
        assert.equal(code, 'service.unavailable');
        assert.ok(tookMs < commandTimeoutMs, `${tookMs} ms`);
        assert.equal(await client.get(there), null);
        assert.ok(await client.ping());
      }
    } finally {
      await cluster.masters[1]?.start();
    }
    await Promise.all([untilAllAnswer(redis, keys), untilAllAnswer(late, keys)]);
  });

  it('lets no command wait longer than its timeout for a node that says nothing, and holds up no other', async () => {
    const redis = connect();
    const keys = keysOfMasters();
    const [, silent, there] = keys;
    await untilAllAnswer(redis, keys);
    cluster.masters[1]?.pause();
    const failing = failureOf(redis.get(silent));
    assert.equal(await redis.get(there), null);
    const { code, tookMs } = await failing;
    assert.equal(code, 'service.unavailable');
    cluster.masters[1]?.resume();
    assert.ok(tookMs < commandTimeoutMs + 1_000, `${tookMs} ms`);
    await untilAllAnswer(redis, keys);
  });

  it('follows a slot that has moved, with commands, scripts and transactions', async () => {
    const redis = connect();
    const [, key] = keysOfMasters();
    await untilAllAnswer(redis, [key]);
    const slot = await slotOf(key);
    for (const [from, to] of [
      [1, 2],
      [2, 1],
    ] as const) {
      await moveSlot(slot, from, to);
      const answers = await Promise.all([
        redis.eval(echo, { keys: [key], arguments: ['x'] }),
        redis.get(key),
        redis.multi().get(key).get(key).exec(),
      ]);
      assert.deepEqual(answers, [[key, 'x'], null, [null, null]]);
    }
  });

  it('asks for keys of a slot that is being moved where they are by now', async () => {
    const redis = connect();
    const [, key] = keysOfMasters();
    await untilAllAnswer(redis, [key]);
    const [slot, other] = [await slotOf(key), `${key}:other`];
    await redis.set(key, 'old');
    const [, source, target] = cluster.masters;
    await target?.send('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await idOf(source));
    await source?.send('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await idOf(target));
    try {
      assert.equal(await redis.get(key), 'old');
      const written = await Promise.all([
        redis.eval("return redis.call('SET', KEYS[1], ARGV[1])", { keys: [other], arguments: ['new'] }),
        redis.get(other),
      ]);
      assert.deepEqual(written, ['OK', 'new']);
      const mixed = redis.eval(echo, { keys: [key, other], arguments: ['x'] });
      assert.equal((await failureOf(mixed)).code, 'service.unavailable');
    } finally {
      await Promise.all([source, target].map((node) => node?.send('CLUSTER', 'SETSLOT', slot, 'STABLE')));
    }
  });

  it('goes on with the replica that has taken over, also when it started while nobody had', async () => {
    const redis = connect();
    const [key] = keysOfMasters();
    await untilAllAnswer(redis, [key]);
    await redis.set(key, 'kept');
    await cluster.masters[0]?.kill();
    const late = connect();
    for (const client of [redis, late]) {
      await eventually(async () => assert.equal(await client.get(key), 'kept'));
      assert.equal(await client.set(key, 'kept'), 'OK');
    }
  });
});
