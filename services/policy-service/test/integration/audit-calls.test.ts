import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  auditListSchema,
  type CallDecision,
  type CallOutcome,
  type CallRecord,
  callRecordSchema,
  callRefusalExample,
} from '@4runr/contracts/audit';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { createTestRedis, type TestRedis, writeRevocationList } from '@4runr/service-kit/testing';
import { appendParts, countStored, newCall } from '../fixtures/audit-items.ts';
import { issuer, startTokenIssuer, type TokenIssuer } from '../fixtures/operator-tokens.ts';
import {
  createServiceDatabase,
  eventually,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
let redis: TestRedis;
let tokens: TokenIssuer;
let service: RunningService;
before(async () => {
  [database, redis, tokens] = await Promise.all([
    createServiceDatabase(),
    createTestRedis(),
    startTokenIssuer(),
  ]);
  await writeRevocationList(redis.client);
  service = await startPolicyService(database.url, {
    REDIS_URL: redis.url,
    AUTH_SERVICE_URL: tokens.url,
    PUBLIC_URL: issuer,
  });
});
after(async () => {
  await service.stop();
  await Promise.all([tokens.close(), redis.drop(), database.drop()]);
});

/** The calls in the trail that fit the filters. */
async function list(query: Record<string, string>): Promise<readonly CallRecord[]> {
  const headers = await tokens.authorize({ role: 'operator', scope: 'audit:read' });
  const response = await fetch(`${service.url}/v1/audit?${new URLSearchParams(query)}`, { headers });
  const body = await response.json();
  const { items } = auditListSchema.parse(body);
  assert.deepEqual(body, { items, nextCursor: null }, 'nothing is shown that is not of the contract');
  return items.filter((item) => item.kind === 'call');
}

/** The one call of the id once it is whole in the trail, or at least as whole as wished. */
async function recordOf(
  id: string,
  agent: string,
  isThere = (_call: CallRecord) => true,
): Promise<CallRecord> {
  let found: CallRecord | undefined;
  await eventually(async () => {
    found = (await list({ agent })).find((call) => call.id === id && isThere(call));
    return found !== undefined;
  }, 10_000);
  assert.ok(found);
  return found;
}

const hasEnded = ({ outcome, decision }: CallRecord) => outcome !== undefined && decision !== undefined;

/** Both parts as one, as people read them. */
const merged = (decision: CallDecision, outcome: CallOutcome) =>
  callRecordSchema.parse({ ...decision, ...outcome });

describe('a call in the audit trail', () => {
  const orders: Record<
    string,
    (parts: [CallDecision, CallOutcome]) => readonly (CallDecision | CallOutcome)[]
  > = {
    'when the decision comes first': (parts) => parts,
    'when the outcome comes first': (parts) => parts.toReversed(),
    'when every part comes twice': (parts) => [...parts, ...parts.toReversed()],
  };
  for (const [name, inOrder] of Object.entries(orders)) {
    it(`is one item with decision and outcome, ${name}`, async () => {
      const { decision, outcome } = newCall({ agent: 'agt_once' });
      await appendParts(redis, inOrder([decision, outcome]));
      assert.deepEqual(await recordOf(decision.id, 'agt_once', hasEnded), merged(decision, outcome));
      assert.equal((await countStored(database.kysely)).get(decision.id), 1);
    });

    it(`is so however far the parts lie apart, ${name}`, async () => {
      const { decision, outcome } = newCall({ agent: 'agt_apart' });
      for (const part of inOrder([decision, outcome])) {
        await appendParts(redis, [part]);
        await recordOf(decision.id, 'agt_apart');
      }
      assert.deepEqual(await recordOf(decision.id, 'agt_apart', hasEnded), merged(decision, outcome));
      assert.equal((await countStored(database.kysely)).get(decision.id), 1);
    });
  }

  it('is found by agent, tool, action and outcome', async () => {
    const { decision, outcome } = newCall({ agent: 'agt_found', tool: 'openai', action: 'chat' });
    await appendParts(redis, [
      decision,
      { ...outcome, outcome: 'failed', code: 'upstream.failed', status: 502 },
    ]);
    await recordOf(decision.id, 'agt_found', hasEnded);
    const ids = async (query: Record<string, string>) => (await list(query)).map(({ id }) => id);
    assert.deepEqual(await ids({ agent: 'agt_found', outcome: 'failed' }), [decision.id]);
    assert.deepEqual(await ids({ tool: 'openai', action: 'chat', kind: 'call' }), [decision.id]);
    assert.deepEqual(await ids({ agent: 'agt_found', outcome: 'completed' }), []);
  });

  for (const decision of ['denied', 'limited'] as const) {
    it(`that was ${decision} has come to its end with that`, async () => {
      const { decision: refused } = newCall({ agent: `agt_${decision}`, decision });
      await appendParts(redis, [refused]);
      const [item] = [await recordOf(refused.id, refused.agent)];
      assert.equal(item.outcome, decision);
      assert.equal((await list({ agent: refused.agent, outcome: decision })).length, 1);
    });
  }

  it('that was refused before a decision is an item by itself', async () => {
    const { part: _part, ...refused } = { ...callRefusalExample, at: new Date().toISOString() };
    await appendParts(redis, [{ ...refused, part: 'refusal' }]);
    assert.deepEqual(await recordOf(refused.id, refused.agent), refused);
    const found = await list({ agent: refused.agent, outcome: 'failed', tool: 'unknown' });
    assert.deepEqual(
      found.map(({ id }) => id),
      [refused.id],
    );
  });

  it('never shows what is encrypted of it', async () => {
    const { decision } = newCall({ agent: 'agt_sealed', sealedFacts: 'c2VhbGVk' });
    await appendParts(redis, [decision]);
    assert.ok(!JSON.stringify(await recordOf(decision.id, 'agt_sealed')).includes('c2VhbGVk'));
    const [row] = await database.kysely
      .selectFrom('audit_items')
      .select('body')
      .where('id', '=', decision.id)
      .execute();
    assert.ok(JSON.stringify(row?.body).includes('"sealedFacts":"c2VhbGVk"'));
  });
});
