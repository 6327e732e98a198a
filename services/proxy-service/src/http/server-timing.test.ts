import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatServerTiming } from './server-timing.ts';

describe('Server-Timing', () => {
  it('tells the stages that ended and the total, in milliseconds to two places', () => {
    const timings = { auth: 0.123, policy: 1.3, adapter: 2.567, upstream: 2 };
    assert.equal(
      formatServerTiming({ startedAt: 100, observed: { timings } }, 104.1),
      'auth;dur=0.12, policy;dur=1.3, adapter;dur=2.57, total;dur=4.1',
    );
  });

  it('leaves out what a refused call never came to', () => {
    assert.equal(formatServerTiming({ startedAt: 0, observed: { timings: {} } }, 0.5), 'total;dur=0.5');
  });
});
