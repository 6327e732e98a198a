import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  auditStreamKeyOf,
  auditStreams,
  type OperatorChange,
  operatorChangeExample,
} from '@4runr/contracts/audit';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import {
  createSeverableLink,
  createTestRedis,
  type SeverableLink,
  type TestRedis,
  writeRevocationList,
} from '@4runr/service-kit/testing';
import { auditGroup } from '../../src/store/redis-audit-inbox.ts';
import { appendChange, countStored, newChange, newChanges } from '../fixtures/audit-items.ts';
import {
  createServiceDatabase,
  eventually,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

/** Long enough for a busy machine, in milliseconds. */
const storedWithinMs = 15_000;

const { operator } = operatorChangeExample;
const key = auditStreamKeyOf(operator);
const rejectedKey = `${key}:rejected`;

let database: ServiceDatabase;
let databaseLink: SeverableLink;
let redis: TestRedis;
let redisLink: SeverableLink;
let running: RunningService[];
beforeEach(async () => {
  database = await createServiceDatabase();
  databaseLink = await createSeverableLink(database.url);
  redis = await createTestRedis();
  await writeRevocationList(redis.client);
  redisLink = await createSeverableLink(redis.url);
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((service) => service.stop()));
  await Promise.all([databaseLink.close(), redisLink.close()]);
  await Promise.all([database.drop(), redis.drop()]);
});

async function start(change: Readonly<Record<string, string>> = {}): Promise<RunningService> {
  const service = await startPolicyService(databaseLink.url, { REDIS_URL: redisLink.url, ...change });
  running.push(service);
  return service;
}

const append = (changes: readonly OperatorChange[]) =>
  Promise.all(changes.map((change) => appendChange(redis, change)));

/** How many messages are in the streams, taken or not. */
async function countWaiting(): Promise<number> {
  const lengths = await Promise.all(auditStreams.map((stream) => redis.client.xLen(stream.key)));
  return lengths.reduce((sum, length) => sum + length, 0);
}

/** Waits until exactly these are stored, each once, and nothing waits any more. */
async function untilStored(changes: readonly OperatorChange[]): Promise<void> {
  await eventually(async () => (await countWaiting()) === 0, storedWithinMs);
  const stored = await countStored(database.kysely);
  assert.deepEqual([...stored.keys()].sort(), changes.map(({ id }) => id).sort());
  assert.ok([...stored.values()].every((count) => count === 1));
}

async function metricOf({ url }: RunningService, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{.*\\} (.*)$`, 'm').exec(text)?.[1]);
}

describe('what waits in the streams', () => {
  it('is stored once, however many replicas share the work, and removed', async () => {
    const before = newChanges(300);
    await append(before);
    const replicas = await Promise.all([start(), start()]);
    const meanwhile = newChanges(300);
    await append(meanwhile);
    await untilStored([...before, ...meanwhile]);
    const counts = await Promise.all(
      replicas.map((replica) => metricOf(replica, 'gateway_audit_delay_seconds_count')),
    );
    assert.equal((counts[0] ?? 0) + (counts[1] ?? 0), 600);
  });

  it('is stored as it was written, also what this version does not know', async () => {
    await start();
    const change = { ...newChange(), reason: 'asked by mail' };
    await append([change]);
    await untilStored([change]);
    const row = await database.kysely.selectFrom('audit_items').selectAll().executeTakeFirstOrThrow();
    assert.deepEqual(row.body, change);
    assert.equal(row.at.toISOString(), change.at);
    assert.deepEqual(
      [row.kind, row.action, row.agent, row.tool, row.outcome],
      ['operator_change', 'agent.suspend', null, null, null],
    );
  });

  it('is stored once when it was handed on twice', async () => {
    const change = newChange();
    await append([change, change]);
    await start();
    await append([change]);
    await untilStored([change]);
  });

  it('is stored although its month has no partition yet', async () => {
    await start();
    const days = 86_400_000;
    const changes = [0, 200, 390].map((ago) =>
      newChange({ at: new Date(Date.now() - ago * days).toISOString() }),
    );
    await append(changes);
    await untilStored(changes);
  });

  it('is stored by another replica when the one that took it is dead', async () => {
    const change = newChange();
    await append([change]);
    await redis.client.xGroupCreate(key, auditGroup, '0');
    const taken = await redis.client.xReadGroup(auditGroup, 'dead', { key, id: '>' });
    const id = taken?.[0]?.messages[0]?.id ?? '';
    assert.notEqual(id, '');
    await redis.client.sendCommand(['XCLAIM', key, auditGroup, 'dead', '0', id, 'IDLE', '60000', 'JUSTID']);
    await start();
    await untilStored([change]);
  });

  it('may have been deleted by hand, and holds up nothing', async () => {
    const [deleted, change] = [newChange(), newChange()];
    await append([deleted]);
    await redis.client.xGroupCreate(key, auditGroup, '0');
    const taken = await redis.client.xReadGroup(auditGroup, 'dead', { key, id: '>' });
    const id = taken?.[0]?.messages[0]?.id ?? '';
    await redis.client.sendCommand(['XCLAIM', key, auditGroup, 'dead', '0', id, 'IDLE', '60000', 'JUSTID']);
    await redis.client.xDel(key, id);
    await start();
    await append([change]);
    await untilStored([change]);
  });
});

describe('while Postgres is away', () => {
  const outages = {
    'refuses connections': () => databaseLink.sever(),
    'accepts and never answers': async () => databaseLink.stall(),
  };
  for (const [how, begin] of Object.entries(outages)) {
    it(`(${how}) everything stays in the streams and is counted; it is stored when Postgres is back`, async () => {
      const replicas = [await start(), await start()] as const;
      await begin();
      const changes = newChanges(250);
      await append(changes);
      await eventually(
        async () => (await metricOf(replicas[0], 'gateway_audit_backlog')) === 250,
        storedWithinMs,
      );
      assert.equal(await countWaiting(), 250);
      const ratio = await metricOf(replicas[0], 'gateway_audit_backlog_ratio');
      const backlogMax = await metricOf(replicas[0], 'gateway_audit_backlog_max');
      const fullest = Math.round((ratio * backlogMax) / 16);
      assert.ok(fullest >= 250 / 16 && fullest <= 250, String(fullest));
      assert.equal((await fetch(`${replicas[1].url}/livez`)).status, 200);
      await databaseLink.mend();
      await untilStored(changes);
      assert.equal(await metricOf(replicas[0], 'gateway_audit_backlog'), 0);
    });
  }

  it('a replica that starts stores what waits as soon as Postgres comes', async () => {
    await databaseLink.sever();
    await start();
    const changes = newChanges(20);
    await append(changes);
    await databaseLink.mend();
    await untilStored(changes);
  });
});

describe('while Redis is away', () => {
  const outages = {
    'refuses connections': () => redisLink.sever(),
    'accepts and never answers': async () => redisLink.stall(),
  };
  for (const [how, begin] of Object.entries(outages)) {
    it(`(${how}) nothing is lost, and storing goes on by itself when it is back`, async () => {
      const service = await start();
      const before = newChanges(50);
      await append(before);
      await untilStored(before);
      await begin();
      const meanwhile = newChanges(50);
      await append(meanwhile);
      assert.equal((await fetch(`${service.url}/metrics`)).status, 200);
      await redisLink.mend();
      await untilStored([...before, ...meanwhile]);
    });
  }

  it('and comes back without its data, what comes later is stored', async () => {
    await start();
    const [before, after] = [newChange(), newChange()];
    await append([before]);
    await untilStored([before]);
    await redis.loseData();
    await append([after]);
    await untilStored([before, after]);
  });
});

describe('a message that cannot be stored', () => {
  const soon = new Date(Date.now() + 90_000_000).toISOString();
  const long = new Date(Date.now() - 500 * 86_400_000).toISOString();
  const messages: Record<string, [message: Record<string, string>, reason: RegExp]> = {
    'that is no item': [{ other: 'x' }, /JSON/],
    'that is no JSON': [{ item: '{' }, /JSON/],
    'of a kind that nobody knows': [{ item: '{"kind":"weather"}' }, /kind/],
    'with text that Postgres cannot hold': [
      { item: JSON.stringify(newChange({ after: { name: 'a\0b' } })) },
      /unsupported Unicode/,
    ],
    'dated in the future': [{ item: JSON.stringify(newChange({ at: soon })) }, /keeps nothing of/],
    'older than the trail is kept': [{ item: JSON.stringify(newChange({ at: long })) }, /keeps nothing of/],
  };
  for (const [name, [message, reason]] of Object.entries(messages)) {
    it(`(${name}) is set aside with the reason and counted, and the others are stored`, async () => {
      const others = [newChange(), newChange()] as const;
      await append([others[0]]);
      await redis.client.xAdd(key, '*', message);
      await append([others[1]]);
      const service = await start();
      await untilStored(others);
      const all = await redis.client.xRange(rejectedKey, '-', '+');
      assert.equal(all?.length, 1);
      const [rejected] = all ?? [];
      const { id, reason: told, ...kept } = rejected?.message ?? {};
      assert.deepEqual(kept, message);
      assert.match(told ?? '', reason);
      assert.match(id ?? '', /^\d+-\d+$/);
      assert.equal(await metricOf(service, 'gateway_audit_rejected'), 1);
    });
  }
});
