import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countQuickDeaths, restartDelayMs } from './restart-delay.ts';

describe('the wait before a restart', () => {
  it('is short at first, so that one death heals at once', () => {
    assert.equal(restartDelayMs(countQuickDeaths(0, { wasReady: true, livedMs: 10 })), 100);
  });

  it('grows with quick deaths and never beyond half a minute', () => {
    const delays = Array.from({ length: 20 }, (_, index) => restartDelayMs(index + 1));
    assert.deepEqual(delays.slice(0, 4), [100, 200, 400, 800]);
    assert.equal(Math.max(...delays), 30_000);
  });

  it('is short again after the death of one that has served', () => {
    assert.equal(restartDelayMs(countQuickDeaths(12, { wasReady: true, livedMs: 5_000 })), 100);
  });

  it('grows on for one that takes long to fail and is never ready', () => {
    assert.equal(countQuickDeaths(12, { wasReady: false, livedMs: 60_000 }), 13);
  });
});
