import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failingChecks } from './operational-routes.ts';

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
