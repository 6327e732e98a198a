import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wakeable } from './wakeable.ts';

describe('work that is woken', () => {
  it('is never done twice at once, and once more for all who wake it meanwhile', async () => {
    let done = 0;
    const first = Promise.withResolvers<void>();
    const { wake } = wakeable(async () => {
      done += 1;
      if (done === 1) await first.promise;
    });
    const all = [wake(), wake(), wake()];
    assert.equal(done, 1);
    first.resolve();
    await Promise.all(all);
    assert.equal(done, 2);
  });

  it('fails whoever wakes it, and is done again for the next one', async () => {
    let done = 0;
    const { wake, idle } = wakeable(async () => {
      done += 1;
      if (done === 1) throw new Error('not now');
    });
    await assert.rejects(wake(), /not now/);
    await idle();
    await wake();
    assert.equal(done, 2);
  });
});
