import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRetryBudget } from './retry-budget.ts';

function budgetAfter(firstAttempts: number) {
  const clock = { now: 0 };
  const budget = createRetryBudget(() => clock.now);
  for (let attempt = 0; attempt < firstAttempts; attempt += 1) budget.countFirstAttempt();
  const spendAll = () => {
    let spent = 0;
    while (budget.spend()) spent += 1;
    return spent;
  };
  return { clock, budget, spendAll };
}

it('retries are at most half as many as first attempts', () => {
  for (const [firsts, retries] of [
    [100, 50],
    [7, 3],
  ] as const)
    assert.equal(budgetAfter(firsts).spendAll(), retries);
});

it('one call may be retried, however seldom its tool is asked', () => {
  assert.equal(budgetAfter(1).spendAll(), 2);
});

it('what is spent comes back after ten seconds, and so do first attempts lose their weight', () => {
  const { clock, spendAll } = budgetAfter(100);
  spendAll();
  clock.now = 10_000;
  assert.equal(spendAll(), 2);
});
