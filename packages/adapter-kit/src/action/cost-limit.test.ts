import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundCosts, chatCostExample } from '@4runr/contracts/cost';
import type { AdapterObligation } from '@4runr/contracts/decision';
import type { ProblemError } from '@4runr/service-kit/errors';
import { keepToCost } from './cost-limit.ts';

const params = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'tea' }], max_tokens: 20 };
const { tokens = 0, usdMicros = 0 } = boundCosts(chatCostExample, params);
const domains: AdapterObligation = { type: 'domains', allow: ['example.com'], deny: [] };
const upTo = (costs: object): AdapterObligation => ({ type: 'maxCost', costs });
const isDenied = (error: ProblemError) => error.code === 'policy.denied';

describe('a limit on what a call may use', () => {
  it('lets what keeps to it pass, and leaves the other obligations', () => {
    const kept = keepToCost({ cost: chatCostExample, params }, [upTo({ tokens, usdMicros }), domains]);
    assert.deepEqual(kept, [domains]);
  });

  it('lets a call be of which nothing was taken', () => {
    assert.deepEqual(keepToCost({ cost: undefined, params }, []), []);
  });

  for (const costs of [{ tokens: tokens - 1 }, { tokens, usdMicros: usdMicros - 1 }])
    it(`stops what may exceed ${Object.keys(costs).at(-1)}`, () => {
      assert.throws(() => keepToCost({ cost: chatCostExample, params }, [upTo(costs)]), isDenied);
    });

  it('stops what has no bound', () => {
    assert.throws(() => keepToCost({ cost: undefined, params }, [upTo({ tokens })]), isDenied);
    const unpriced = { ...params, model: 'gpt-5' };
    assert.throws(
      () => keepToCost({ cost: chatCostExample, params: unpriced }, [upTo({ usdMicros })]),
      isDenied,
    );
  });
});
