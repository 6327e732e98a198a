import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countQuickDeaths, type Life, restartDelayMs } from './restart-delay.ts';

const life: Life = { wasReady: true, wasKilled: false, livedMs: 10 };
const kill: Life = { ...life, wasKilled: true };

describe('the wait before a restart', () => {
  it('is short at first, so that one death heals at once', () => {
    assert.equal(restartDelayMs(countQuickDeaths(0, life)), 100);
  });

  it('grows with quick deaths and never beyond half a minute', () => {
    const delays = Array.from({ length: 20 }, (_, index) => restartDelayMs(index + 1));
    assert.deepEqual(delays.slice(0, 4), [100, 200, 400, 800]);
    assert.equal(Math.max(...delays), 30_000);
  });

  it('is short again after the death of one that has served', () => {
    assert.equal(restartDelayMs(countQuickDeaths(12, { ...life, livedMs: 5_000 })), 100);
  });

  it('grows on for one that takes long to fail and is never ready', () => {
    assert.equal(countQuickDeaths(12, { ...life, wasReady: false, livedMs: 60_000 }), 13);
  });

  const killed: [when: string, death: Life][] = [
    ['as soon as it is ready', kill],
    ['before it is ready', { ...kill, wasReady: false }],
  ];
  for (const [when, death] of killed)
    it(`leaves time to heal within five seconds for one that is killed again and again, ${when}`, () => {
      let quickDeaths = 0;
      for (let kills = 0; kills < 100; kills += 1) {
        quickDeaths = countQuickDeaths(quickDeaths, death);
        assert.ok(restartDelayMs(quickDeaths) <= 1_000);
      }
    });

  it('stays short for one that does start and dies soon of itself, and grows again when it does no more', () => {
    const often = countQuickDeaths(12, life);
    assert.equal(restartDelayMs(often), 800);
    assert.equal(restartDelayMs(countQuickDeaths(often, { ...life, wasReady: false })), 1_600);
  });
});
