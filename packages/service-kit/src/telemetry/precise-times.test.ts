import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPreciseClock } from './precise-times.ts';

/** A machine whose clock shows whole milliseconds of `now`, and a process that was started at `origin`, by what it believes. */
function machine({ now, origin = now }: { now: number; origin?: number }) {
  const time = { now, sinceStart: 0, lostPerReading: 0 };
  const monotonic = () => {
    pass(time.lostPerReading);
    return time.sinceStart;
  };
  function pass(ms: number): void {
    time.now += ms;
    time.sinceStart += ms;
  }
  return { time, pass, clock: createPreciseClock({ wall: () => Math.floor(time.now), monotonic, origin }) };
}

describe('the clock of spans', () => {
  it('tells fractions', () => {
    const { time, clock, pass } = machine({ now: 1_000_000.25 });
    for (let reading = 0; reading < 1_000; reading += 1) {
      pass(0.375);
      assert.equal(clock(), time.now);
    }
  });

  it('is not misled by a process that loses the processor while it reads', () => {
    const { time, clock } = machine({ now: 1_000_000.25 });
    time.lostPerReading = 7.5;
    for (let reading = 0; reading < 100; reading += 1) assert.equal(clock(), time.now);
  });

  for (const origin of [1_000_000, 1_000_900])
    it(`finds the true time when it began wrong, as after a change of the system's clock (${origin})`, () => {
      const { time, clock, pass } = machine({ now: 1_000_450.7, origin });
      for (let reading = 0; reading < 1_000; reading += 1) {
        pass(1_000.37);
        assert.ok(Math.abs(clock() - time.now) <= 1);
      }
      assert.ok(Math.abs(clock() - time.now) < 0.02);
    });
});
