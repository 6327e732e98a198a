import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAbsenceLevel } from './absence-level.ts';

describe('the absence of a part', () => {
  it('is told quietly while it may still be starting, and loudly after that', () => {
    let now = 5_000;
    const absence = createAbsenceLevel({ monotonicMs: () => now });
    assert.equal(absence.current(), 'info');
    now += 9_999;
    assert.equal(absence.current(), 'info');
    now += 1;
    assert.equal(absence.current(), 'warn');
  });

  it('is told loudly at once when it was there before', () => {
    const absence = createAbsenceLevel({ monotonicMs: () => 0 });
    absence.recordPresence();
    assert.equal(absence.current(), 'warn');
  });
});
