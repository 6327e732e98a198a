import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditStreamKeyOf, callRefusalExample, parseAuditMessage } from '@4runr/contracts/audit';
import { createTestRedis, type TestRedis } from '@4runr/service-kit/testing';
import {
  createDecisionTaker,
  createRefusalRecorder,
  DecisionSettledError,
  type DecisionTaker,
  type Refusal,
  type RefusalRecorder,
} from '../../src/index.ts';
import { claimOf, draftOf, unique } from '../fixtures/ledger-under-test.ts';

/** Half of it is the most that refusals may fill. */
const streamItemsMax = 20;

let redis: TestRedis;
let taker: DecisionTaker;
let recorder: RefusalRecorder;
before(async () => {
  redis = await createTestRedis();
  taker = createDecisionTaker(redis.client, { streamItemsMax });
  recorder = createRefusalRecorder(redis.client, { streamItemsMax });
});
after(() => redis.drop());

const { at: _at, ...example } = callRefusalExample;

const refusalOf = (change: Partial<Refusal['item']>, isAsked = false): Refusal => ({
  isAsked,
  item: { ...example, id: unique('call'), ...change },
});

/** What waits about an agent whose stream is its own in this test. */
async function waiting(agent: string) {
  const messages = await redis.client.xRange(auditStreamKeyOf(agent), '-', '+');
  return (messages ?? []).map((message) => parseAuditMessage(message?.message ?? {}));
}

const forget = () => redis.client.flushDb();

describe('a call that is refused without a decision', () => {
  it('is recorded as it is told, with the time by the clock of Redis', async () => {
    await forget();
    const refusal = refusalOf({});
    assert.equal(await recorder.record(refusal), 'recorded');
    const [item] = await waiting(example.agent);
    assert.ok(item?.kind === 'call' && Math.abs(Date.parse(item.at) - Date.now()) < 60_000);
    assert.deepEqual(item, { ...refusal.item, at: item.at });
  });

  it('leaves half of the room to decisions, however many there are', async () => {
    await forget();
    const statuses: string[] = [];
    for (let call = 0; call < 15; call += 1) statuses.push(await recorder.record(refusalOf({})));
    assert.deepEqual(statuses, [...Array(10).fill('recorded'), ...Array(5).fill('dropped')]);
    const { decision } = await taker.take(draftOf({ agent: example.agent }), []);
    assert.equal(decision, 'allowed');
  });
});

for (const per of ['agent', 'role'] as const) {
  describe(`a call whose decision got lost on its way, with a quota of its ${per}`, () => {
    const asked = { role: unique('role') };

    it('ends under its decision, and what it took is given back, once', async () => {
      await forget();
      const claim = claimOf({ limit: 1, per });
      const draft = draftOf(asked);
      const { id, agent } = draft;
      const decision = await taker.take(draft, [{ claim, amount: 1 }]);
      assert.equal(await recorder.record(refusalOf({ id, agent }, true)), 'settled');
      assert.equal(await recorder.record(refusalOf({ id, agent }, true)), 'known');
      const parts = await waiting(agent);
      assert.deepEqual(
        parts.map((item) => item.kind === 'call' && [item.part, item.at]),
        [
          ['decision', decision.at],
          ['refusal', decision.at],
        ],
      );
      const next = await taker.take({ ...draft, id: unique('call') }, [{ claim, amount: 1 }]);
      assert.equal(next.decision, 'allowed');
    });

    it('cannot be allowed any more where the decision was still to come', async () => {
      await forget();
      const claim = claimOf({ limit: 1, per });
      const draft = draftOf(asked);
      const { id, agent } = draft;
      assert.equal(await recorder.record(refusalOf({ id, agent }, true)), 'recorded');
      await assert.rejects(taker.take(draft, [{ claim, amount: 1 }]), DecisionSettledError);
      assert.equal((await waiting(agent)).length, 1);
      const next = await taker.take({ ...draft, id: unique('call') }, [{ claim, amount: 1 }]);
      assert.equal(next.decision, 'allowed');
    });
  });
}

describe('a call that was denied, and whose answer got lost', () => {
  it('has that for its record', async () => {
    await forget();
    const { id, agent } = await taker.take(draftOf({ decision: 'denied' }), []);
    assert.equal(await recorder.record(refusalOf({ id, agent }, true)), 'known');
    assert.equal((await waiting(agent)).length, 1);
  });
});
