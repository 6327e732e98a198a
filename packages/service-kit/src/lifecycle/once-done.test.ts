import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onceDone } from './once-done.ts';

describe('onceDone', () => {
  it('does the work once for everybody, but again after it failed', async () => {
    let attempts = 0;
    const work = onceDone(async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('not yet');
    });
    const first = await Promise.allSettled([work(), work()]);
    assert.deepEqual(
      first.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(attempts, 1);
    await Promise.all([work(), work()]);
    await work();
    assert.equal(attempts, 2);
  });
});
