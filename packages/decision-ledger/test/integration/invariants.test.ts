import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CallDecision } from '@4runr/contracts/audit';
import { createTestRedis, type TestRedis } from '@4runr/service-kit/testing';
import fc from 'fast-check';
import { createCallSettler, createDecisionTaker, DecisionSettledError } from '../../src/index.ts';
import { createLedgerModel, type Quota } from '../fixtures/ledger-model.ts';
import { claimOf, draftOf, outcomeOf, unique } from '../fixtures/ledger-under-test.ts';

let redis: TestRedis;
before(async () => {
  redis = await createTestRedis();
});
after(() => redis.drop());

const agents = ['anna', 'bert', 'cleo'];

/** One of every kind, small enough to be used up soon. */
const quotas: readonly Quota[] = [
  { claim: claimOf({ algorithm: 'fixed', limit: 4, windowSeconds: 60 }), amountOf: () => 1 },
  { claim: claimOf({ limit: 5, windowSeconds: 90 }), amountOf: () => 1 },
  { claim: claimOf({ limit: 40, windowSeconds: 50, cost: 'tokens' }), amountOf: (size) => size },
  { claim: claimOf({ limit: 20_000, windowSeconds: 70, cost: 'tokens' }), amountOf: (size) => size * 500 },
  { claim: claimOf({ limit: 9, windowSeconds: 40, per: 'role' }), amountOf: () => 1 },
  {
    claim: claimOf({ algorithm: 'fixed', limit: 100, windowSeconds: 30, per: 'role', cost: 'tokens' }),
    amountOf: (size) => size,
  },
];

/** What may happen to a ledger. Calls are named by small numbers, so that they meet. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      call: fc.nat(25),
      agent: fc.constantFrom(...agents),
      size: fc.integer({ min: 1, max: 20 }),
      asked: fc.subarray([...quotas], { minLength: 1 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      call: fc.nat(25),
      isGivenBack: fc.boolean(),
      tokens: fc.option(fc.nat(10), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 45_000 }) }),
  },
);

describe('any sequence of takes, settlements, repetitions and waiting', () => {
  it('decides as the model does, and no window of any quota ever holds more than its limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        let now = 1_760_000_000_000;
        const run = unique('run');
        const role = unique('role');
        const taker = createDecisionTaker(redis.client, { streamItemsMax: 1_000_000, nowMs: () => now });
        const settler = createCallSettler(redis.client);
        const model = createLedgerModel();
        const decisions = new Map<number, CallDecision>();
        const settled = new Set<number>();
        for (const each of steps) {
          if (each.kind === 'wait') now += each.ms;
          if (each.kind === 'settle') {
            const decision = decisions.get(each.call);
            if (decision?.decision !== 'allowed') continue;
            const used = { tokens: each.tokens };
            const status = await settler.settle(outcomeOf(decision), { isGivenBack: each.isGivenBack, used });
            assert.equal(status, settled.has(each.call) ? 'repeated' : 'settled');
            if (!settled.has(each.call)) model.settle(each.call, each);
            settled.add(each.call);
          }
          if (each.kind === 'take') {
            const known = decisions.get(each.call);
            const agent = known?.agent ?? `${run}_${each.agent}`;
            const draft = draftOf({ id: `${run}_${each.call}`, agent, role });
            const claims = each.asked.map(({ claim, amountOf }) => ({ claim, amount: amountOf(each.size) }));
            const taking = taker.take(draft, claims);
            if (settled.has(each.call)) {
              await assert.rejects(taking, DecisionSettledError);
              continue;
            }
            const decision = await taking;
            if (known !== undefined) {
              assert.deepEqual(decision, known);
              continue;
            }
            decisions.set(each.call, decision);
            const expected = model.take({ call: each.call, agent, role, claims, nowMs: now });
            assert.equal(decision.decision, expected.isAllowed ? 'allowed' : 'limited');
            if (expected.isAllowed) {
              assert.deepEqual(
                decision.quota.map(({ remaining }) => remaining).sort(),
                [...expected.remaining].sort(),
              );
            }
          }
        }
        model.assertLimitsHeld();
      }),
      { numRuns: 150, interruptAfterTimeLimit: 30_000 },
    );
  });
});
