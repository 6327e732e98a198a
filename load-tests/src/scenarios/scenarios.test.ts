import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recoveryTargetMs } from '../report/recoveries.ts';
import { planArrivals } from '../run/plan-arrivals.ts';
import { capacity } from './capacity.ts';
import { scaleTime, scenarios, secondsOf, tasksOf } from './index.ts';
import { primary } from './primary.ts';

describe('scenarios', () => {
  it('primary has the six phases of the report of August 2025', () => {
    assert.deepEqual(
      primary.phases.map(({ seconds, from, to }) => [seconds / 60, from, to]),
      [
        [10, 0, 60],
        [10, 60, 60],
        [2, 60, 120],
        [3, 120, 60],
        [10, 60, 80],
        [5, 80, 0],
      ],
    );
    assert.equal(tasksOf(primary), 135_000);
  });

  it('chaos lasts for six minutes, with every fault in part and in full, and three restarts midway', () => {
    const { chaos } = scenarios;
    assert.ok(chaos);
    assert.equal(secondsOf(chaos), 360);
    assert.ok(chaos.phases.every(({ from, to }) => from === 20 && to === 20));
    const faults = chaos.disturbances.flatMap((one) => (one.kind === 'fault' ? [one.fault] : []));
    assert.deepEqual(
      faults.map(({ mode, rate }) => [mode, rate]),
      [
        ['timeout', 0.3],
        ['error', 0.25],
        ['latency', 0.2],
        ['timeout', 1],
        ['error', 1],
        ['latency', 1],
      ],
    );
    const restarts = chaos.disturbances.filter(({ kind }) => kind === 'restart');
    assert.deepEqual(
      restarts.map(({ atSeconds }) => atSeconds),
      [140, 165, 190],
    );
  });

  it('chaos watches calls for longer after each fault than its recovery may take', () => {
    const { chaos } = scenarios;
    assert.ok(chaos);
    const { disturbances } = chaos;
    for (const [index, one] of disturbances.entries()) {
      if (one.kind !== 'fault') continue;
      const [end, next] = [disturbances[index + 1], disturbances[index + 2]];
      assert.equal(end?.kind, 'calm', one.name);
      const watchedMs = ((next?.atSeconds ?? secondsOf(chaos)) - end.atSeconds) * 1_000;
      assert.ok(watchedMs > recoveryTargetMs(one.name), one.name);
    }
  });

  for (const scenario of Object.values(scenarios)) {
    it(`${scenario.name} keeps its rates when its time is scaled`, () => {
      const scaled = scaleTime(scenario, 0.02);
      assert.ok(Math.abs(secondsOf(scaled) - secondsOf(scenario) * 0.02) < 1e-6);
      const ratesOf = ({ phases }: typeof scenario) => phases.map(({ from, to }) => [from, to]);
      assert.deepEqual(ratesOf(scaled), ratesOf(scenario));
    });
  }
});

describe('planArrivals', () => {
  it('goes linearly within a phase, and by a step between phases that do not meet', () => {
    const { startRate, stages } = planArrivals(scaleTime(capacity, 0.1));
    assert.equal(startRate, 20);
    assert.deepEqual(stages.slice(0, 3), [
      { target: 20, duration: '3000ms' },
      { target: 34, duration: '0s' },
      { target: 34, duration: '3000ms' },
    ]);
  });
});
