import assert from 'node:assert/strict';
import { afterEach, describe, it, mock } from 'node:test';
import { retryAfterSeconds } from './retry-after.ts';

const at = 'Wed, 25 Nov 2026 18:00:00 GMT';
const later = 'Wed, 25 Nov 2026 18:00:30 GMT';

describe('when a provider wants to be asked again', () => {
  afterEach(() => mock.timers.reset());

  const rows: readonly [guarantee: string, headers: Record<string, string | string[]>, seconds?: number][] = [
    ['is told in seconds', { 'retry-after': '120' }, 120],
    ['is told by a date, on the clock of the provider', { 'retry-after': later, date: at }, 30],
    ['is now where the date has passed', { 'retry-after': at, date: later }, 0],
    ['is not told', {}],
    ['is told twice, and so not at all', { 'retry-after': ['1', '2'] }],
    ['is told in words', { 'retry-after': 'tomorrow' }],
    ['is told as something that is nearly a date', { 'retry-after': '2026-11-25' }],
    ['is told in more seconds than anybody waits', { 'retry-after': '12345678' }],
  ];
  for (const [guarantee, headers, seconds] of rows)
    it(guarantee, () => assert.equal(retryAfterSeconds({ headers }), seconds));

  it('is told by a date, and no time: on our clock', () => {
    mock.timers.enable({ apis: ['Date'], now: Date.parse(at) });
    assert.equal(retryAfterSeconds({ headers: { 'retry-after': later } }), 30);
  });
});
