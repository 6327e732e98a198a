import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditStreamKeyOf, type CallDecision } from '@4runr/contracts/audit';
import type { QuotaClaim } from '@4runr/contracts/decision';
import { createTestRedis, type TestRedis } from '@4runr/service-kit/testing';
import {
  type CallSettler,
  createCallSettler,
  createDecisionTaker,
  type DecisionDraft,
  type DecisionTaker,
} from '../../src/index.ts';
import { claimOf, draftOf, outcomeOf, unique } from '../fixtures/ledger-under-test.ts';

const givenBack = { isGivenBack: true, used: {} };
const kept = { isGivenBack: false, used: {} };

let redis: TestRedis;
let taker: DecisionTaker;
let settler: CallSettler;
let now = Date.now();
before(async () => {
  redis = await createTestRedis();
  taker = createDecisionTaker(redis.client, { streamItemsMax: 100_000, nowMs: () => now });
  settler = createCallSettler(redis.client);
});
after(() => redis.drop());

/** What is left of a quota: its agent, or any of its role, asks without taking. */
async function remaining(draft: DecisionDraft, claim: QuotaClaim): Promise<number | undefined> {
  const asked = await taker.take({ ...draft, id: unique('call') }, [{ claim, amount: 0 }]);
  return asked.quota[0]?.remaining;
}

const take = (draft: DecisionDraft, claim: QuotaClaim, amount = 1): Promise<CallDecision> =>
  taker.take(draft, [{ claim, amount }]);

const quotas: Record<string, QuotaClaim> = {
  'a fixed window': claimOf({ algorithm: 'fixed', limit: 10 }),
  'a sliding window that knows every call': claimOf({ limit: 10 }),
  'a sliding window that counts in parts': claimOf({ limit: 20_000 }),
  'a fixed window of a role': claimOf({ algorithm: 'fixed', limit: 10, per: 'role' }),
  'a sliding window of a role': claimOf({ limit: 10, per: 'role' }),
};

for (const [name, claim] of Object.entries(quotas)) {
  describe(name, () => {
    it('gets back, once, what a call took that was never dispatched', async () => {
      const draft = draftOf({ role: unique('role') });
      const [first] = [await take(draft, claim), await take({ ...draft, id: unique('call') }, claim)];
      for (let time = 0; time < 3; time += 1) await settler.settle(outcomeOf(first), givenBack);
      assert.equal(await remaining(draft, claim), claim.limit - 1);
    });

    it('keeps what a call took that was carried out, whatever is said of it later', async () => {
      const draft = draftOf({ role: unique('role') });
      const decision = await take(draft, claim);
      assert.equal(await settler.settle(outcomeOf(decision), kept), 'settled');
      assert.equal(await settler.settle(outcomeOf(decision), givenBack), 'repeated');
      assert.equal(await remaining(draft, claim), claim.limit - 1);
    });

    it('gets nothing back in a window that it was not taken of', async () => {
      const draft = draftOf({ role: unique('role') });
      const early = await take(draft, claim);
      now += 2 * claim.windowSeconds * 1_000;
      await take({ ...draft, id: unique('call') }, claim);
      await settler.settle(outcomeOf(early), givenBack);
      assert.equal(await remaining(draft, claim), claim.limit - 1);
    });

    it('counts what was used in place of what was reserved', async () => {
      const draft = draftOf({ role: unique('role') });
      const tokens = { ...claim, limit: claim.limit * 1_000, cost: 'tokens' as const, key: unique('quota') };
      const decisions = [
        await take(draft, tokens, 500),
        await take({ ...draft, id: unique('call') }, tokens, 500),
      ];
      const [first, second] = decisions.map(outcomeOf);
      assert.ok(first && second);
      await settler.settle(first, { isGivenBack: false, used: { tokens: 120 } });
      await settler.settle(second, { isGivenBack: false, used: { usdMicros: 7 } });
      assert.equal(await remaining(draft, tokens), tokens.limit - 620);
    });

    it('counts nothing of a cost that was not used, as when an answer came out of the cache', async () => {
      const draft = draftOf({ role: unique('role') });
      const tokens = { ...claim, cost: 'tokens' as const, key: unique('quota') };
      const decision = await take(draft, tokens, 10);
      await settler.settle(outcomeOf(decision), { isGivenBack: false, used: { tokens: 0 } });
      assert.equal(await remaining(draft, tokens), tokens.limit);
    });
  });
}

describe('an outcome', () => {
  it('is recorded once, behind the decision', async () => {
    const decision = await taker.take(draftOf(), []);
    const outcome = outcomeOf(decision);
    await settler.settle(outcome, kept);
    await settler.settle(outcome, kept);
    const messages = (await redis.client.xRange(auditStreamKeyOf(decision.agent), '-', '+')) ?? [];
    const items = messages
      .map(({ message }) => JSON.parse(message.item ?? ''))
      .filter(({ id }) => id === decision.id);
    assert.deepEqual(items, [decision, outcome]);
  });

  it('is recorded also where the decision is forgotten', async () => {
    const decision = await taker.take(draftOf(), []);
    await redis.loseData();
    assert.equal(await settler.settle(outcomeOf(decision), givenBack), 'settled');
    assert.equal(await redis.client.xLen(auditStreamKeyOf(decision.agent)), 1);
  });

  it('leaves nothing behind that is not forgotten within a minute', async () => {
    const draft = draftOf({ role: unique('role') });
    const claim = claimOf({ per: 'role', windowSeconds: 3_600 });
    await redis.loseData();
    const decision = await taker.take(draft, [
      { claim, amount: 1 },
      { claim: claimOf({ windowSeconds: 3_600 }), amount: 1 },
    ]);
    await settler.settle(outcomeOf(decision), kept);
    for await (const keys of redis.client.scanIterator()) {
      for (const key of keys.filter((name) => !/:(audit|quotas|quota:.*)$/.test(name))) {
        const seconds = await redis.client.ttl(key);
        assert.ok(seconds > 0 && seconds <= 60, `${key} ${seconds}`);
      }
    }
  });
});
