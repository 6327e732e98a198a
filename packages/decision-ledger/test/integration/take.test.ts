import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditItemSchema, auditStreamKeyOf, parseAuditMessage } from '@4runr/contracts/audit';
import { createTestRedis, type TestRedis } from '@4runr/service-kit/testing';
import fc from 'fast-check';
import {
  AuditFullError,
  createCallSettler,
  createDecisionTaker,
  DecisionSettledError,
  type DecisionTaker,
  usedBefore,
} from '../../src/index.ts';
import { claimOf, draftOf, outcomeOf, unique } from '../fixtures/ledger-under-test.ts';

let redis: TestRedis;
let taker: DecisionTaker;
before(async () => {
  redis = await createTestRedis();
  taker = createDecisionTaker(redis.client, { streamItemsMax: 100_000 });
});
after(() => redis.drop());

/** The items of an agent in its audit stream. */
async function itemsOf(agent: string) {
  const messages = (await redis.client.xRange(auditStreamKeyOf(agent), '-', '+')) ?? [];
  return messages
    .map(({ message }) => parseAuditMessage(message))
    .filter((item) => 'agent' in item && item.agent === agent);
}

describe('a decision', () => {
  it('is recorded in the audit stream as it is answered, and fits its contract', async () => {
    const draft = draftOf();
    const claim = claimOf({ limit: 3 });
    const decision = await taker.take(draft, [{ claim, amount: 1 }]);
    assert.deepEqual(auditItemSchema.parse(decision), decision);
    assert.deepEqual(await itemsOf(draft.agent), [decision]);
    const { at, quota, taken, ...recorded } = decision;
    assert.deepEqual(recorded, draft);
    assert.deepEqual(
      quota.map(({ remaining, limit }) => [remaining, limit]),
      [[2, 3]],
    );
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 5_000);
    const atMs = Date.parse(at);
    assert.deepEqual(taken, [{ key: claim.key, per: 'agent', amount: 1, takenMs: atMs, countedMs: atMs }]);
  });

  it('that policy denied is recorded, and takes nothing', async () => {
    const draft = draftOf({ decision: 'denied' });
    const decision = await taker.take(draft, []);
    assert.equal(decision.decision, 'denied');
    assert.deepEqual(await itemsOf(draft.agent), [decision]);
  });

  it('is the same however often it is asked for, and taken once', async () => {
    const draft = draftOf();
    const claims = [{ claim: claimOf({ limit: 3 }), amount: 1 }];
    const first = await taker.take(draft, claims);
    const again = await Promise.all(
      Array.from({ length: 5 }, () =>
        taker.take({ ...draft, decisionId: unique('dec'), decision: 'denied' }, claims),
      ),
    );
    for (const repeated of again) assert.deepEqual(repeated, first);
    assert.equal((await itemsOf(draft.agent)).length, 1);
    const next = await taker.take({ ...draft, id: unique('call') }, claims);
    assert.equal(next.quota[0]?.remaining, 1);
  });

  it('is the same however often it is asked for where a quota refuses it, also when there is room again', async () => {
    const draft = draftOf();
    const claim = claimOf({ limit: 1 });
    const first = await taker.take(draft, [{ claim, amount: 1 }]);
    const refused = await taker.take({ ...draft, id: 'late' }, [{ claim, amount: 1 }]);
    await createCallSettler(redis.client).settle(outcomeOf(first), { isGivenBack: true, used: {} });
    assert.equal(refused.decision, 'limited');
    assert.deepEqual(await taker.take({ ...draft, id: 'late' }, [{ claim, amount: 1 }]), refused);
  });

  it('cannot be had once more when its call has ended', async () => {
    const draft = draftOf();
    const decision = await taker.take(draft, []);
    await createCallSettler(redis.client).settle(outcomeOf(decision), { isGivenBack: false, used: {} });
    await assert.rejects(taker.take(draft, []), DecisionSettledError);
  });

  it('is none when nothing more can be recorded', async () => {
    const draft = draftOf();
    const claims = [{ claim: claimOf({ limit: 1 }), amount: 1 }];
    const full = createDecisionTaker(redis.client, { streamItemsMax: 0 });
    await assert.rejects(full.take(draft, claims), AuditFullError);
    assert.deepEqual(await itemsOf(draft.agent), []);
    assert.equal((await taker.take(draft, claims)).decision, 'allowed');
  });

  it('carries its time as JavaScript writes it', async () => {
    let now = 0;
    const timed = createDecisionTaker(redis.client, { streamItemsMax: 100_000, nowMs: () => now });
    const moments = fc.integer({ min: 0, max: Date.UTC(2400, 0) });
    await fc.assert(
      fc.asyncProperty(moments, async (moment) => {
        now = moment;
        const { at } = await timed.take(draftOf({ agent: 'agt_of_all_times' }), []);
        assert.equal(at, new Date(moment).toISOString());
      }),
      {
        examples: [
          [Date.UTC(2024, 1, 29)],
          [Date.UTC(2100, 1, 28, 23, 59, 59, 999)],
          [Date.UTC(2000, 11, 31)],
        ],
      },
    );
  });
});

describe('several quotas', () => {
  it('are taken all, or none, and a refusal names each that is used up', async () => {
    const draft = draftOf();
    const roomy = claimOf({ limit: 10 });
    const [narrow, wide] = [
      claimOf({ limit: 1, algorithm: 'fixed' }),
      claimOf({ limit: 500, cost: 'tokens' }),
    ];
    const claims = [
      { claim: roomy, amount: 1 },
      { claim: narrow, amount: 1 },
      { claim: wide, amount: 300 },
    ];
    await taker.take(draft, claims);
    const refused = await taker.take({ ...draft, id: unique('call') }, claims);
    assert.equal(refused.decision, 'limited');
    assert.deepEqual(
      refused.quota.map(({ remaining }) => remaining),
      [9, 0, 200],
    );
    assert.deepEqual(
      refused.reasons.map(({ rule, detail }) => [rule, detail]),
      [
        ['quota', 'scraper allows each agent 1 calls of serpapi:search within each window of 60 s.'],
        ['quota', 'scraper allows each agent 500 tokens of serpapi:search within any 60 s.'],
      ],
    );
    assert.deepEqual(refused.policy, narrow.policy);
    assert.deepEqual(refused.obligations, []);
    const { retryAfterSeconds = 0 } = refused;
    assert.ok(retryAfterSeconds > 0 && retryAfterSeconds <= 60, String(retryAfterSeconds));
    assert.deepEqual(auditItemSchema.parse(refused), refused);
  });

  it('of money are counted in millionths of a dollar, and shown in dollars', async () => {
    const draft = draftOf();
    const claims = [{ claim: claimOf({ limit: 0.5, cost: 'usd' }), amount: 123_456 }];
    const { quota } = await taker.take(draft, claims);
    assert.deepEqual(
      quota.map(({ limit, remaining }) => [limit, remaining]),
      [[0.5, 0.376544]],
    );
  });

  it('keep their count when the limit alone changes, also beyond what is counted exactly', async () => {
    const draft = draftOf();
    const claim = claimOf({ limit: 2 });
    const take = async (limit: number) =>
      (await taker.take({ ...draft, id: unique('call') }, [{ claim: { ...claim, limit }, amount: 1 }]))
        .quota[0]?.remaining;
    assert.deepEqual(
      [await take(2), await take(20_000), await take(5), await take(20_000)],
      [1, 19_998, 2, 19_996],
    );
  });

  it('say by how much more than their limit is used, and how much was before, once it is lowered', async () => {
    const draft = draftOf();
    const claim = claimOf({ limit: 0.000_005, cost: 'usd' });
    const take = async (limit: number) => {
      const claims = [{ claim: { ...claim, limit }, amount: 2 }];
      const { quota } = await taker.take({ ...draft, id: unique('call') }, claims);
      return quota[0];
    };
    const [first, second, lowered] = [await take(5e-6), await take(5e-6), await take(1e-6)];
    assert.ok(first && second && lowered);
    assert.deepEqual([first.remaining, first.overdrawn], [3e-6, undefined]);
    assert.deepEqual([lowered.remaining, lowered.overdrawn], [0, 3e-6]);
    assert.deepEqual([usedBefore(first, 2), usedBefore(second, 2), usedBefore(lowered, 0)], [0, 2, 4]);
  });

  it('of a role are shared by its agents in all partitions', async () => {
    const role = 'analyst';
    const claim = claimOf({ limit: 4, per: 'role' });
    const verdicts = [];
    for (let agent = 0; agent < 8; agent += 1) {
      verdicts.push((await taker.take(draftOf({ role }), [{ claim, amount: 1 }])).decision);
    }
    assert.deepEqual(verdicts, [...Array(4).fill('allowed'), ...Array(4).fill('limited')]);
  });

  it('of a role get back what a quota of the agent refuses', async () => {
    const role = unique('role').toLowerCase();
    const draft = draftOf({ role });
    const [shared, own] = [claimOf({ limit: 2, per: 'role' }), claimOf({ limit: 1 })];
    const claims = [shared, own].map((claim) => ({ claim, amount: 1 }));
    await taker.take(draft, claims);
    for (let time = 0; time < 3; time += 1) {
      assert.equal((await taker.take({ ...draft, id: unique('call') }, claims)).decision, 'limited');
    }
    assert.equal((await taker.take(draftOf({ role }), [{ claim: shared, amount: 1 }])).decision, 'allowed');
    assert.equal((await taker.take(draftOf({ role }), [{ claim: shared, amount: 1 }])).decision, 'limited');
  });

  it('refuse an amount that is none', async () => {
    for (const amount of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      await assert.rejects(taker.take(draftOf(), [{ claim: claimOf(), amount }]), RangeError);
    }
  });
});
