import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it, mock } from 'node:test';
import { createLogger } from '@4runr/service-kit/telemetry';
import { createTestRedis, type TestRedis } from '@4runr/service-kit/testing';
import { createClient, type RedisClientType } from '@redis/client';
import fc from 'fast-check';
import type { CallKey, Claim, KeyHold, KeyStore } from '../../src/domain/keyed-call.ts';
import { entryNamesOf } from '../../src/store/keys/entry-names.ts';
import {
  entryBytes,
  type KeyStoreOptions,
  leaseMs,
  renewalMs,
} from '../../src/store/keys/key-store-options.ts';
import { createKeyStore } from '../../src/store/keys/redis-key-store.ts';
import { createPersistentWriter } from '../../src/store/persistent-writer.ts';
import { createKeyModel } from '../fixtures/key-store-model.ts';

let redis: TestRedis;
let second: RedisClientType;
const closers: (() => unknown)[] = [];
before(async () => {
  redis = await createTestRedis();
  second = createClient({ url: redis.url });
  await second.connect();
});
after(async () => {
  await Promise.all(closers.map((close) => close()));
  second.destroy();
  await redis.drop();
});

const logger = createLogger({ service: 'proxy-service', level: 'silent' }, { write: () => {} });
const writer = createPersistentWriter(
  { logger, onClose: (_name, close) => void closers.push(close) },
  { name: 'keys', lost: 'lost', pausesMs: [] },
);
const usual: KeyStoreOptions = { keptSeconds: 86_400, outcomeBytesMax: 10_000, agentBytesMax: 1_000_000 };

/** Two replicas, each with a connection of its own. */
const storesOf = (options: Partial<KeyStoreOptions> = {}): readonly [KeyStore, KeyStore] => [
  createKeyStore(redis.client, writer, { ...usual, ...options }),
  createKeyStore(second, writer, { ...usual, ...options }),
];

const newKey = (agent = `agt_${randomUUID()}`): CallKey => ({
  space: 'client',
  holder: [agent],
  value: randomUUID(),
});

function holdIn(claim: Claim): KeyHold {
  assert.equal(claim.kind, 'held');
  return (claim as Extract<Claim, { kind: 'held' }>).hold;
}

const completed = (result: unknown) => ({ kind: 'completed' as const, result });
const described = (claim: Claim): object => {
  if (claim.kind !== 'replay') return { kind: claim.kind };
  const { callId, outcome } = claim.earlier;
  const told = outcome.kind === 'completed' ? String(outcome.result) : outcome.kind;
  return { kind: 'replay', of: Number(callId.slice('call_'.length)), outcome: told };
};

const calls = fc.nat(7);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      replica: fc.constantFrom(0 as const, 1 as const),
      request: fc.constantFrom('a', 'a', 'a', 'b'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('dispatch' as const, 'finish' as const, 'release' as const),
      call: calls,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: 1, max: leaseMs * 2 }),
    }),
  },
);

describe('any sequence of claims, words about calls, silence and waiting, over two replicas', () => {
  it('goes as the model does, and at most one call may have acted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        let now = 1_760_000_000_000;
        const stores = storesOf({ nowMs: () => now });
        const key = newKey();
        const model = createKeyModel();
        const holds: KeyHold[] = [];
        const ended = new Set<number>();
        let asked = 0;
        for (const each of steps) {
          if (each.kind === 'wait') {
            now += each.ms;
            continue;
          }
          if (each.kind === 'claim') {
            const call = asked++;
            const claim = await stores[each.replica].claim(key, {
              callId: `call_${call}`,
              request: each.request,
            });
            assert.deepEqual(described(claim), model.claim(call, each.request, now));
            if (claim.kind === 'held') holds[call] = claim.hold;
            continue;
          }
          const hold = holds[each.call];
          if (hold === undefined || ended.has(each.call)) continue;
          if (each.kind === 'dispatch') {
            assert.equal(await hold.dispatch(), model.dispatch(each.call, now));
            continue;
          }
          ended.add(each.call);
          if (each.kind === 'finish') {
            model.finish(each.call, `result ${each.call}`);
            await hold.finish(completed(`result ${each.call}`));
          } else {
            model.release(each.call);
            await hold.release();
          }
        }
        model.assertAtMostOnce();
        await Promise.all(holds.map((hold) => hold.release()));
      }),
      { numRuns: 200, interruptAfterTimeLimit: 30_000 },
    );
  });
});

describe('a key of two replicas', () => {
  it('is held by one of a hundred that claim it at once', async () => {
    const stores = storesOf();
    for (let round = 0; round < 10; round += 1) {
      const key = newKey();
      const claims = await Promise.all(
        Array.from({ length: 100 }, (_, number) =>
          stores[number % 2 === 0 ? 0 : 1].claim(key, { callId: `call_${number}`, request: 'a' }),
        ),
      );
      assert.deepEqual(
        Object.entries(Object.groupBy(claims, ({ kind }) => kind))
          .map(([kind, all]) => [kind, all.length])
          .sort(),
        [
          ['held', 1],
          ['running', 99],
        ],
      );
    }
  });

  it('whose holder died before anything went out is taken over, and the dead one can do nothing any more', async () => {
    let now = 0;
    const [dead, alive] = storesOf({ nowMs: () => now });
    const key = newKey();
    const lost = holdIn(await dead.claim(key, { callId: 'call_1', request: 'a' }));
    now += leaseMs - 1;
    assert.equal((await alive.claim(key, { callId: 'call_2', request: 'a' })).kind, 'running');
    now += 1;
    const taken = holdIn(await alive.claim(key, { callId: 'call_3', request: 'a' }));
    assert.equal(await lost.dispatch(), false);
    await lost.release();
    assert.equal(await taken.dispatch(), true);
    await taken.finish(completed('done'));
  });

  it('whose holder died while it carried out what does no harm twice is taken over, and not while it lives', async () => {
    let now = 0;
    const [dead, alive] = storesOf({ nowMs: () => now });
    const key = newKey();
    mock.timers.enable({ apis: ['setInterval'] });
    const lost = holdIn(await dead.claim(key, { callId: 'call_1', request: 'a' }));
    lost.renew();
    now += leaseMs - 1;
    mock.timers.tick(renewalMs);
    // Commands of one connection are answered in turn.
    await redis.client.ping();
    now += leaseMs - 1;
    assert.equal((await alive.claim(key, { callId: 'call_2', request: 'a' })).kind, 'running');
    mock.timers.reset();
    now += 1;
    const taken = holdIn(await alive.claim(key, { callId: 'call_3', request: 'a' }));
    await lost.finish(completed('too late'));
    await taken.finish(completed('in time'));
    assert.deepEqual(described(await alive.claim(key, { callId: 'call_4', request: 'a' })), {
      ...{ kind: 'replay', of: 3, outcome: 'in time' },
    });
  });

  it('whose holder died while its call was dispatched is unknown, until the holder turns out to live', async () => {
    let now = 0;
    const [silent, other] = storesOf({ nowMs: () => now });
    const key = newKey();
    const hold = holdIn(await silent.claim(key, { callId: 'call_1', request: 'a' }));
    await hold.dispatch();
    now += leaseMs;
    assert.deepEqual(described(await other.claim(key, { callId: 'call_2', request: 'a' })), {
      ...{ kind: 'replay', of: 1, outcome: 'unknown' },
    });
    await hold.finish(completed('after all'));
    assert.deepEqual(described(await other.claim(key, { callId: 'call_3', request: 'a' })), {
      ...{ kind: 'replay', of: 1, outcome: 'after all' },
    });
  });
});

describe('what is kept of keys', () => {
  const keysLike = (pattern: string) => redis.client.keys(pattern);

  it('ends by itself, all of it, and later than the outcome is promised', async () => {
    const [store] = storesOf();
    const key = newKey();
    const names = entryNamesOf(key);
    const hold = holdIn(await store.claim(key, { callId: 'call_1', request: 'a' }));
    const ttls = async () => Promise.all(names.keys.map((name) => redis.client.pTTL(name)));
    assert.ok((await ttls()).every((ms) => ms > leaseMs && ms <= 60_000));
    await hold.dispatch();
    await hold.finish(completed('x'));
    const [entry, ...others] = await ttls();
    assert.ok(entry !== undefined && entry > 86_390_000 && entry <= 86_400_000);
    assert.ok(others.every((ms) => ms >= entry));
  });

  it('tells nothing of the key, of the request or of the outcome', async () => {
    const [store] = storesOf();
    const key = { ...newKey(), value: 'order-4711-of-ada' };
    const hold = holdIn(await store.claim(key, { callId: 'call_1', request: 'mail to ada' }));
    await hold.finish(completed('dear ada'));
    const [entry] = entryNamesOf(key).keys;
    const kept = JSON.stringify([entry, await redis.client.hGetAll(entry)]);
    for (const word of ['ada', 'order', 'dear']) assert.ok(!kept.includes(word), word);
  });

  it('is the end of a key that was released: nothing is left', async () => {
    const [store] = storesOf();
    const key = newKey();
    const hold = holdIn(await store.claim(key, { callId: 'call_1', request: 'a' }));
    await hold.release();
    const [entry, index, bytes] = entryNamesOf(key).keys;
    assert.deepEqual(await keysLike(entry), []);
    assert.deepEqual(await keysLike(index), []);
    assert.equal(await redis.client.get(bytes), '0');
  });

  it('is bounded by agent: first no result is kept, then no key is taken, and room comes back with time', async () => {
    let now = 0;
    const [store] = storesOf({ agentBytesMax: 10 * entryBytes, nowMs: () => now });
    const agent = `agt_${randomUUID()}`;
    const use = async (number: number, result: string) => {
      const key = { ...newKey(agent), value: `key ${number}` };
      const claim = await store.claim(key, { callId: `call_${number}`, request: 'a' });
      if (claim.kind !== 'held') return claim;
      await claim.hold.finish(completed(result));
      return store.claim(key, { callId: 'call_99', request: 'a' });
    };
    assert.deepEqual(described(await use(1, 'short')), { kind: 'replay', of: 1, outcome: 'short' });
    assert.deepEqual(described(await use(2, 'x'.repeat(5 * entryBytes))), {
      kind: 'replay',
      of: 2,
      outcome: 'unkept',
    });
    const later = [];
    for (let number = 3; number <= 12; number += 1) later.push(await use(number, 'short'));
    assert.ok(later.some(({ kind }) => kind === 'full'));
    assert.ok(later.filter(({ kind }) => kind === 'replay').length >= 4);
    const [, index, bytes] = entryNamesOf(newKey(agent)).keys;
    const members = await redis.client.zRange(index, 0, -1);
    const counted = members.reduce((sum, member) => sum + Number(member.split(' ')[1]), 0);
    assert.equal(Number(await redis.client.get(bytes)), counted);
    assert.ok(counted <= 10 * entryBytes);
    assert.notEqual((await store.claim(newKey(), { callId: 'call_1', request: 'a' })).kind, 'full');
    now += 86_400_001;
    assert.equal((await use(13, 'short')).kind, 'replay');
  });
});
