import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditStreams, type CallDecision, parseAuditMessage } from '@4runr/contracts/audit';
import { partitionCount } from '@4runr/contracts/partition';
import { createTestRedis, type TestRedis } from '@4runr/service-kit/testing';
import fc from 'fast-check';
import {
  createCallSettler,
  createDecisionTaker,
  createQuotaCounters,
  DecisionSettledError,
  type QuotaCounter,
} from '../../src/index.ts';
import { createLedgerModel, type Quota } from '../fixtures/ledger-model.ts';
import { claimOf, draftOf, outcomeOf, unique } from '../fixtures/ledger-under-test.ts';
import { toldUsage } from '../fixtures/told-usage.ts';

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

/** Counts differ from what the audit streams tell, by the text that they are listed under. */
async function differences(nowMs: () => number): Promise<Record<string, number>> {
  const counters = createQuotaCounters(redis.client, { nowMs });
  const streams = await Promise.all(auditStreams.map(({ key }) => redis.client.xRange(key, '-', '+')));
  const items = streams.flat().flatMap((message) => (message ? [parseAuditMessage(message.message)] : []));
  const found: [string, number][] = [];
  for (const counter of await listAll()) {
    const reading = await counters.read(counter);
    const difference = reading.used - toldUsage(items, counter, reading);
    if (difference !== 0) found.push([counter.text, difference]);
  }
  return Object.fromEntries(found);
}

async function listAll(): Promise<readonly QuotaCounter[]> {
  const counters = createQuotaCounters(redis.client);
  const partitions = Array.from({ length: partitionCount }, (_, partition) => partition);
  return (await Promise.all(partitions.map((each) => counters.listDue(each, 1_000)))).flat();
}

describe('any sequence of takes, settlements, repetitions and waiting', () => {
  it('decides as the model does, no window ever holds more than its limit, and the audit streams tell what is counted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        await redis.loseData();
        let now = 1_760_000_000_000;
        const run = unique('run');
        const role = unique('role');
        const taker = createDecisionTaker(redis.client, { streamItemsMax: 1_000_000, nowMs: () => now });
        const settler = createCallSettler(redis.client, { nowMs: () => now });
        const model = createLedgerModel();
        const decisions = new Map<number, CallDecision>();
        const sizes = new Map<number, number>();
        const settled = new Set<number>();
        for (const each of steps) {
          if (each.kind === 'wait') now += each.ms;
          if (each.kind === 'settle') {
            const decision = decisions.get(each.call);
            if (decision?.decision !== 'allowed') continue;
            // What a call takes of tokens is the most that it can use.
            const tokens = each.tokens && Math.min(each.tokens, sizes.get(each.call) ?? 0);
            const used = { tokens };
            const status = await settler.settle(outcomeOf(decision), { isGivenBack: each.isGivenBack, used });
            assert.equal(status, settled.has(each.call) ? 'repeated' : 'settled');
            if (!settled.has(each.call)) model.settle(each.call, { isGivenBack: each.isGivenBack, tokens });
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
            sizes.set(each.call, each.size);
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
        assert.deepEqual(await differences(() => now), {});
      }),
      { numRuns: 150, interruptAfterTimeLimit: 30_000 },
    );
  });
});
