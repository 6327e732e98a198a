import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failingChecks, untilReady } from './operational-routes.ts';

describe('readiness checks', () => {
  it('count as failing when they hang for a second', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const failing = failingChecks([
      { name: 'hanging', check: () => new Promise(() => undefined) },
      { name: 'fine', check: () => undefined },
    ]);
    t.mock.timers.tick(1_000);
    assert.deepEqual(await failing, ['hanging']);
  });

  it('may throw as well as reject, and may need themselves', async () => {
    const part = {
      name: 'part',
      isUsable: false,
      check() {
        if (!this.isUsable) throw new Error('not usable');
      },
    };
    assert.deepEqual(await failingChecks([part]), ['part']);
    part.isUsable = true;
    assert.deepEqual(await failingChecks([part]), []);
  });
});

describe('a wait for readiness', () => {
  it('ends as soon as no check fails', async () => {
    let looks = 0;
    const part = {
      name: 'part',
      check() {
        looks += 1;
        if (looks < 3) throw new Error('not usable yet');
      },
    };
    await untilReady([part], 60_000);
    assert.equal(looks, 3);
  });

  it('ends after its time all the same', async () => {
    await untilReady([{ name: 'gone', check: () => Promise.reject(new Error('gone')) }], 1);
  });
});
