import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CircuitState } from 'cockatiel';
import { FailureCounts } from './failure-counts.ts';

const { Closed, HalfOpen } = CircuitState;

function counting() {
  const clock = { now: 0 };
  const counts = new FailureCounts(() => clock.now);
  /** The number of the attempt that opens the breaker: `x` fails, `.` succeeds. */
  const openedBy = (attempts: string, everyMs = 1) => {
    for (const [index, attempt] of [...attempts].entries()) {
      clock.now += everyMs;
      if (attempt === '.') counts.success(Closed);
      else if (counts.failure(Closed)) return index + 1;
    }
    return undefined;
  };
  return { counts, openedBy };
}

describe('a breaker opens', () => {
  it('after ten failures in a row', () => {
    assert.equal(counting().openedBy('x'.repeat(20)), 10);
    assert.equal(counting().openedBy('xxxxxxxxx.xxxxxxxxx'), undefined);
  });

  it('however long ten failures in a row take', () => {
    assert.equal(counting().openedBy('x'.repeat(20), 60_000), 10);
  });

  it('when half of twenty attempts have failed, not of fewer', () => {
    assert.equal(counting().openedBy('.x'.repeat(30)), 20);
    assert.equal(counting().openedBy('..x'.repeat(30)), undefined);
  });

  it('when half of twenty attempts within ten seconds have failed, not of older ones', () => {
    assert.equal(counting().openedBy('.x'.repeat(30), 600), undefined);
    assert.equal(counting().openedBy('.x'.repeat(30), 400), 20);
  });

  it('half-open, at the first failure; and starts to count anew by a success', () => {
    const { counts, openedBy } = counting();
    openedBy('.x'.repeat(9));
    assert.equal(counts.failure(HalfOpen), true);
    counts.success(HalfOpen);
    assert.equal(openedBy('xxxxxxxxx.xxxxxxxx'), undefined);
  });
});
