import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modelPrices } from './model-prices.ts';

const cheap = { input: 1, output: 2 };
const dear = { input: 3, output: 4 };

describe('the price of a snapshot', () => {
  it('is that of its model', () => {
    const prices = modelPrices({});
    assert.deepEqual(prices['gpt-5-2025-08-07'], prices['gpt-5']);
    assert.deepEqual(prices['gpt-4o-mini-2024-07-18'], { input: 150_000, output: 600_000 });
  });

  it('is its own where OpenAI lists it by itself', () => {
    const prices = modelPrices({});
    assert.notDeepEqual(prices['gpt-4o-2024-05-13'], prices['gpt-4o']);
  });

  it('follows what an operator says of the model, else what is said of the snapshot itself', () => {
    const prices = modelPrices({ 'gpt-5': dear, o3: dear, 'o3-2025-04-16': cheap, other: cheap });
    assert.deepEqual(
      ['gpt-5', 'gpt-5-2025-08-07', 'o3', 'o3-2025-04-16', 'other'].map((name) => prices[name]),
      [dear, dear, dear, cheap, cheap],
    );
  });
});
