import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditListSchema, auditStreamKeyOf, type CallRecord } from '@4runr/contracts/audit';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { createTestRedis, type TestRedis, writeRevocationList } from '@4runr/service-kit/testing';
import { createAuditInbox } from '../../src/store/redis-audit-inbox.ts';
import { appendParts, newCall } from '../fixtures/audit-items.ts';
import { issuer, startTokenIssuer, type TokenIssuer } from '../fixtures/operator-tokens.ts';
import {
  createServiceDatabase,
  eventually,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

/** Longer than any call can take. */
const longAgo = () => new Date(Date.now() - 32 * 60_000).toISOString();
/** A call of this age may still be under way. */
const aWhileAgo = () => new Date(Date.now() - 29 * 60_000).toISOString();

let database: ServiceDatabase;
let redis: TestRedis;
let tokens: TokenIssuer;
let replicas: RunningService[];
before(async () => {
  [database, redis, tokens] = await Promise.all([
    createServiceDatabase(),
    createTestRedis(),
    startTokenIssuer(),
  ]);
  await writeRevocationList(redis.client);
  const settings = { REDIS_URL: redis.url, AUTH_SERVICE_URL: tokens.url, PUBLIC_URL: issuer };
  replicas = [
    await startPolicyService(database.url, settings),
    await startPolicyService(database.url, settings),
  ];
});
after(async () => {
  await Promise.all(replicas.map((service) => service.stop()));
  await Promise.all([tokens.close(), redis.drop(), database.drop()]);
});

async function list(query: Record<string, string>): Promise<readonly CallRecord[]> {
  const headers = await tokens.authorize({ role: 'operator', scope: 'audit:read' });
  const response = await fetch(`${replicas[0]?.url}/v1/audit?${new URLSearchParams(query)}`, { headers });
  const { items } = auditListSchema.parse(await response.json());
  return items.filter((item) => item.kind === 'call');
}

/** The outcomes of an agent's calls, once they are as wished. */
async function untilOutcomes(agent: string, isThere: (calls: readonly CallRecord[]) => boolean) {
  let calls: readonly CallRecord[] = [];
  await eventually(async () => {
    calls = await list({ agent });
    return isThere(calls);
  }, 20_000);
  return calls;
}

async function countClosed(): Promise<number> {
  const counts = replicas.map(async ({ url }) => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^gateway_audit_unknown_total\{.*\} (\d+)$/m.exec(text)?.[1] ?? 0);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

describe('an allowed call whose outcome never comes', () => {
  it('is closed as unknown, once by all replicas, and is found by that', async () => {
    const before = await countClosed();
    const calls = Array.from({ length: 50 }, () => newCall({ agent: 'agt_killed', at: longAgo() }));
    await appendParts(
      redis,
      calls.map(({ decision }) => decision),
    );
    const closed = await untilOutcomes(
      'agt_killed',
      (found) => found.length === 50 && found.every(({ outcome }) => outcome === 'unknown'),
    );
    assert.ok(closed.every(({ closedAt }) => closedAt !== undefined && Date.parse(closedAt) <= Date.now()));
    assert.equal((await list({ agent: 'agt_killed', outcome: 'unknown' })).length, 50);
    await eventually(async () => (await countClosed()) === before + 50, 10_000);
  });

  it('has the outcome that comes all the same, and it stays visible that it had been closed', async () => {
    const { decision, outcome } = newCall({ agent: 'agt_late', at: longAgo() });
    await appendParts(redis, [decision]);
    const [closed] = await untilOutcomes('agt_late', ([call]) => call?.outcome === 'unknown');
    await appendParts(redis, [outcome]);
    const [ended] = await untilOutcomes('agt_late', ([call]) => call?.outcome === 'completed');
    assert.deepEqual([ended?.status, ended?.closedAt], [outcome.status, closed?.closedAt]);
    // Whoever hands the decision on again opens nothing.
    await appendParts(redis, [decision]);
    await eventually(async () => (await redis.client.xLen(auditStreamKeyOf(decision.agent))) === 0, 10_000);
    assert.deepEqual(
      (await list({ agent: 'agt_late' })).map((call) => call.outcome),
      ['completed'],
    );
  });
});

describe('what is never closed', () => {
  it('is a call that may still be under way, one that has ended, and one that was refused', async () => {
    const agent = 'agt_kept';
    const underWay = newCall({ agent, at: aWhileAgo() });
    const ended = newCall({ agent, at: longAgo() });
    const refused = newCall({ agent, at: longAgo(), decision: 'denied' });
    await appendParts(redis, [underWay.decision, ended.outcome, ended.decision, refused.decision]);
    // One that is closed shows that the others were looked at.
    const last = newCall({ agent, at: longAgo() });
    await appendParts(redis, [last.decision]);
    const calls = await untilOutcomes(agent, (found) => found.some(({ outcome }) => outcome === 'unknown'));
    const outcomes = new Map(calls.map(({ id, outcome }) => [id, outcome]));
    assert.deepEqual(
      [underWay, ended, refused, last].map(({ decision }) => outcomes.get(decision.id)),
      [undefined, 'completed', 'denied', 'unknown'],
    );
  });

  it('is one whose outcome may still wait in a stream', async () => {
    const waiting = await createTestRedis();
    const inbox = createAuditInbox(waiting.client, 'replica');
    const appended = Date.now() - 3_600_000;
    assert.ok((await inbox.storedUntilMs()) > appended);
    await waiting.client.xAdd(auditStreamKeyOf('agt_1'), `${appended}-1`, { item: 'waiting' });
    assert.equal(await inbox.storedUntilMs(), appended);
    await waiting.drop();
  });
});
