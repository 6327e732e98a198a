import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type CallDecision, callDecisionExample, callOutcomeExample } from '@4runr/contracts/audit';
import { type QuotaClaim, quotaClaimExample } from '@4runr/contracts/decision';
import { partitionOf, partitionTag } from '@4runr/contracts/partition';
import {
  AuditFullError,
  type CallSettler,
  type Consumption,
  createCallSettler,
  createDecisionTaker,
  type DecisionTaker,
} from '@4runr/decision-ledger';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { createTestRedis, type TestRedis, writeRevocationList } from '@4runr/service-kit/testing';
import {
  createServiceDatabase,
  eventually,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';
import { driftOf, nextDrift } from '../fixtures/quota-drift.ts';

let database: ServiceDatabase;
let redis: TestRedis;
let service: RunningService;
let taker: DecisionTaker;
let settler: CallSettler;
before(async () => {
  [database, redis] = await Promise.all([createServiceDatabase(), createTestRedis()]);
  await writeRevocationList(redis.client);
  service = await startComparing();
  taker = createDecisionTaker(redis.client, { streamItemsMax: 100_000 });
  settler = createCallSettler(redis.client);
});
after(async () => {
  await service.stop();
  await Promise.all([redis.drop(), database.drop()]);
});

function startComparing(): Promise<RunningService> {
  return startPolicyService(database.url, { REDIS_URL: redis.url, QUOTA_COMPARISON_SECONDS: '1' });
}

const claimOf = (change: Partial<QuotaClaim>): QuotaClaim => ({
  ...quotaClaimExample,
  key: `quota:${randomUUID()}`,
  windowSeconds: 3_600,
  ...change,
});

/** One of every kind; two whose windows end while the test runs. */
const quotas: Record<string, QuotaClaim> = {
  fixed: claimOf({ algorithm: 'fixed', limit: 40 }),
  short: claimOf({ algorithm: 'fixed', limit: 5, windowSeconds: 1 }),
  exact: claimOf({ limit: 40 }),
  brief: claimOf({ limit: 5, windowSeconds: 1 }),
  coarse: claimOf({ limit: 20_000 }),
  tokens: claimOf({ limit: 3_000, cost: 'tokens' }),
  money: claimOf({ algorithm: 'fixed', limit: 100, cost: 'usd' }),
};

/** Those of a role take a round two seconds more: these come last. */
const roleQuotas: Record<string, QuotaClaim> = {
  exact: claimOf({ limit: 90, per: 'role' }),
  tokens: claimOf({ algorithm: 'fixed', limit: 9_000, cost: 'tokens', per: 'role' }),
};

const amounts = { calls: 1, tokens: 100, usd: 2_500_000 } as const;

interface Asked {
  readonly agent: string;
  readonly role?: string;
  readonly claims: readonly QuotaClaim[];
}

const take = (asked: Asked) => takeWith(taker, asked);

function takeWith(by: DecisionTaker, { agent, role = 'reader', claims }: Asked): Promise<CallDecision> {
  const { at: _at, quota: _quota, taken: _taken, ...example } = callDecisionExample;
  const draft = { ...example, id: `call_${randomUUID()}`, agent, role, decision: 'allowed' as const };
  return by.take(
    draft,
    claims.map((claim) => ({ claim, amount: amounts[claim.cost] })),
  );
}

function settle({ id, at, agent, tool, action }: CallDecision, consumption: Consumption) {
  return settler.settle({ ...callOutcomeExample, id, at, agent, tool, action }, consumption);
}

/** Whatever may come of a call, in turn. */
const ends: readonly (Consumption | undefined)[] = [
  { isGivenBack: false, used: {} },
  { isGivenBack: true, used: {} },
  { isGivenBack: false, used: { tokens: 37, usdMicros: 1_200_003 } },
  undefined,
];

/** Calls by three agents, as many of each quota as to be refused in the end, settled in every way. */
async function callAndSettle(claims: readonly QuotaClaim[]): Promise<readonly CallDecision[]> {
  const decisions = await Promise.all(
    Array.from({ length: 360 }, async (_, call) => {
      const asked = claims.filter((_, at) => (call + at) % 3 !== 0);
      const decision = await take({ agent: `agt_${call % 3}`, claims: asked });
      const end = ends[call % ends.length];
      if (decision.decision === 'allowed' && end !== undefined) await settle(decision, end);
      return decision;
    }),
  );
  return decisions;
}

/** Key of what is counted of an agent, or a role. */
function countsKeyOf({ per, key }: QuotaClaim, holder: string): string {
  return `${partitionTag(partitionOf(holder))}:quota:${per}:${holder}:${key}`;
}

describe('counts of quotas and the audit trail', () => {
  it('agree after calls, refusals, settlements and ends of windows, and while calls go on', async () => {
    const verdicts = new Set<string>();
    for (let time = 0; time < 2; time += 1) {
      const [decisions, drift] = await Promise.all([
        callAndSettle(Object.values(quotas)),
        nextDrift(service),
      ]);
      for (const { decision } of decisions) verdicts.add(decision);
      assert.deepEqual(drift, {});
    }
    assert.deepEqual([...verdicts].sort(), ['allowed', 'limited']);
    assert.deepEqual(await nextDrift(service), {});
    const text = await (await fetch(`${service.url}/metrics`)).text();
    assert.doesNotMatch(text, /^gateway_quota_comparisons_total\{result="(different|unfinished)"/m);
  });

  it('differ by exactly as much as was added to a count, or taken away, whatever is counted', async () => {
    const falsified = [
      { claim: claimOf({ algorithm: 'fixed' }), field: 'used', unit: 1 },
      { claim: claimOf({}), field: 'sum', unit: 1 },
      { claim: claimOf({ limit: 50_000 }), field: 'sum', unit: 1 },
      { claim: claimOf({ limit: 50, cost: 'usd' }), field: 'sum', unit: 1_000_000 },
    ];
    const agent = `agt_${randomUUID()}`;
    for (let call = 0; call < 9; call += 1) {
      await take({ agent, claims: falsified.map(({ claim }) => claim) });
    }
    const change = async (amount: number) => {
      for (const { claim, field, unit } of falsified) {
        const counts = countsKeyOf(claim, agent);
        await redis.client.hIncrBy(counts, field, amount * unit);
      }
    };
    await change(7);
    assert.deepEqual(await nextDrift(service), {
      'agent calls over': 21,
      'agent usd over': 7,
    });
    await change(-12);
    assert.deepEqual(await nextDrift(service), {
      'agent calls under': 15,
      'agent usd under': 5,
    });
    await change(5);
    assert.deepEqual(await nextDrift(service), {});
  });

  it('differ by what the trail lacks where an item was removed', async () => {
    const agent = `agt_${randomUUID()}`;
    const claim = claimOf({});
    const [removed] = [await take({ agent, claims: [claim] }), await take({ agent, claims: [claim] })];
    assert.deepEqual(await nextDrift(service), {});
    const [row] = await database.kysely
      .selectFrom('audit_items')
      .selectAll()
      .where('id', '=', removed.id)
      .execute();
    assert.ok(row);
    await database.kysely.deleteFrom('audit_items').where('id', '=', removed.id).execute();
    assert.deepEqual(await nextDrift(service), { 'agent calls over': 1 });
    await database.kysely
      .insertInto('audit_items')
      .values({ ...row, body: JSON.stringify(row.body) })
      .execute();
    assert.deepEqual(await nextDrift(service), {});
  });

  it('differ by all that was taken where a count is lost, or an entry of it', async () => {
    const agent = `agt_${randomUUID()}`;
    const [lost, thinned] = [claimOf({ algorithm: 'fixed' }), claimOf({})];
    const decisions = [];
    for (let call = 0; call < 3; call += 1) decisions.push(await take({ agent, claims: [lost, thinned] }));
    await redis.client.del(countsKeyOf(lost, agent));
    await redis.client.zRem(`${countsKeyOf(thinned, agent)}:entries`, decisions[0]?.id ?? '');
    await redis.client.hIncrBy(countsKeyOf(thinned, agent), 'sum', -1);
    assert.deepEqual(await nextDrift(service), { 'agent calls under': 4 });
    // What comes after is counted from the wrong beginning.
    decisions.push(await take({ agent, claims: [lost, thinned] }));
    assert.deepEqual(await nextDrift(service), { 'agent calls under': 4 });
    for (const decision of decisions) await settle(decision, { isGivenBack: true, used: {} });
    for (const claim of [lost, thinned]) {
      const counts = countsKeyOf(claim, agent);
      await redis.client.del([counts, `${counts}:entries`]);
    }
    assert.deepEqual(await nextDrift(service), {});
  });
});

describe('what a role shares', () => {
  it('is counted as the trail tells while calls go on', async () => {
    const claims = [...Object.values(roleQuotas), ...Object.values(quotas)];
    const [, drift] = await Promise.all([callAndSettle(claims), nextDrift(service)]);
    assert.deepEqual([drift, await nextDrift(service)], [{}, {}]);
  });

  it('is told apart where a killed replica took of it for no decision: its count says more', async () => {
    const role = `role_${randomUUID()}`;
    const claim = claimOf({ per: 'role', algorithm: 'fixed' });
    await take({ agent: `agt_${randomUUID()}`, role, claims: [claim] });
    // Whoever cannot record its decision ends where a killed one does: between the two scripts.
    const full = createDecisionTaker(redis.client, { streamItemsMax: 0 });
    await assert.rejects(
      takeWith(full, { agent: `agt_${randomUUID()}`, role, claims: [claim] }),
      AuditFullError,
    );
    assert.deepEqual(await nextDrift(service), { 'role calls over': 1 });
    await redis.client.hIncrBy(countsKeyOf(claim, role), 'used', -2);
    assert.deepEqual(await nextDrift(service), { 'role calls under': 1 });
  });
});

describe('replicas', () => {
  it('compare one at a time, and another goes on where that one has stopped', async () => {
    const other = await startComparing();
    await nextDrift(service);
    assert.equal(await driftOf(other), undefined);
    await service.stop();
    await eventually(async () => (await driftOf(other)) !== undefined, 20_000);
    service = other;
  });
});
