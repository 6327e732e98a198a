import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Costs } from '@4runr/contracts/cost';
import { type Obligation, type QuotaClaim, quotaClaimExample } from '@4runr/contracts/decision';
import { claimQuotas } from './quota-claims.ts';

const calls = quotaClaimExample;
const tokens: QuotaClaim = { ...quotaClaimExample, cost: 'tokens' };
const usd: QuotaClaim = { ...quotaClaimExample, cost: 'usd' };
const size: Obligation = { type: 'maxResponseBytes', bytes: 1_000 };

const decided = (...quotas: readonly QuotaClaim[]): Parameters<typeof claimQuotas>[0] => ({
  allowed: true,
  policy: calls.policy,
  reasons: [{ rule: 'allow', policy: calls.policy, pointer: '/allow/0', detail: 'It is allowed.' }],
  obligations: [size],
  quotas,
});
const obligationsOf = (quotas: readonly QuotaClaim[], costs: Costs | undefined) =>
  claimQuotas(decided(...quotas), costs).decision.obligations;

describe('what is taken of quotas for a call', () => {
  it('is the most that the adapter may let it use, of the costs that are counted and no others', () => {
    const costs = { tokens: 700, usdMicros: 12 };
    const upTo = (most: Costs): Obligation => ({ type: 'maxCost', costs: most });
    assert.deepEqual(obligationsOf([calls, tokens, usd], costs), [upTo(costs), size]);
    assert.deepEqual(obligationsOf([tokens], costs), [upTo({ tokens: 700 }), size]);
    assert.deepEqual(obligationsOf([usd], costs), [upTo({ usdMicros: 12 }), size]);
    assert.deepEqual(obligationsOf([calls], costs), [size]);
  });

  const unbounded: [guarantee: string, quota: QuotaClaim, costs: Costs | undefined, because: RegExp][] = [
    ['of a model whose price nobody knows', usd, { tokens: 700 }, /no price of its model is known/],
    ['of parts that have no bound', usd, undefined, /its tool does not say, or it has parts/],
    ['of parts that have no bound', tokens, {}, /its tool does not say, or it has parts/],
  ];
  for (const [guarantee, quota, costs, because] of unbounded)
    it(`is nothing where ${quota.cost} are counted ${guarantee}: the call is denied, and told why`, () => {
      const { decision, claims } = claimQuotas(decided(calls, quota), costs);
      const [reason] = decision.reasons;
      assert.deepEqual([decision.allowed, claims, decision.obligations], [false, [], []]);
      assert.deepEqual([reason?.rule, reason?.pointer], ['quota', quota.pointer]);
      assert.match(reason?.detail ?? '', because);
    });

  it('needs no price where tokens alone are counted', () => {
    assert.equal(claimQuotas(decided(tokens), { tokens: 700 }).decision.allowed, true);
  });
});
