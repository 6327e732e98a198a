import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeTotal, type Outcome } from './outcome.ts';
import { countTests } from './package-outcomes.ts';

const outcome = (passed: number, failed: number, skipped: number): Outcome => ({
  ...{ name: 'x', durationMs: 0, output: '' },
  ...{ passed, failed, skipped },
});

describe('the count of a package’s tests', () => {
  it('is what its tests wrote', () => {
    assert.deepEqual(countTests({ passed: 3, failed: 1, skipped: 2 }, 1), {
      passed: 3,
      failed: 1,
      skipped: 2,
    });
  });

  it('has a failure when the run crashed without results', () => {
    assert.deepEqual(countTests(undefined, 1), { passed: 0, failed: 1, skipped: 0 });
  });

  it('has a failure when the run failed although no test did', () => {
    assert.deepEqual(countTests({ passed: 3, failed: 0, skipped: 0 }, 1), {
      passed: 3,
      failed: 1,
      skipped: 0,
    });
  });

  it('is nothing for a package without tests', () => {
    assert.deepEqual(countTests(undefined, 0), { passed: 0, failed: 0, skipped: 0 });
  });
});

describe('the last line', () => {
  it('names skipped tests only when there are some', () => {
    assert.equal(describeTotal([outcome(2, 0, 0), outcome(1, 1, 0)]), '3 passed, 1 failed');
    assert.equal(describeTotal([outcome(2, 0, 1)]), '2 passed, 0 failed, 1 skipped');
  });
});
