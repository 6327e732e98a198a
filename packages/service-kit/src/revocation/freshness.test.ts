import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProblemError } from '../errors/index.ts';
import type { Logger } from '../telemetry/index.ts';
import { createFreshness } from './freshness.ts';

function setUp() {
  const lines: string[] = [];
  const log = (level: string) => (_fields: object, message: string) => void lines.push(`${level} ${message}`);
  let now = 5_000;
  const logger = { warn: log('warn'), info: log('info') } as unknown as Logger;
  const freshness = createFreshness({ logger, monotonicMs: () => now });
  return {
    freshness,
    lines,
    pass: (ms: number) => {
      now += ms;
    },
    fail: () => freshness.recordFailure(new Error('away')),
    assertStale: () =>
      assert.throws(
        () => freshness.assertFresh(),
        (error: ProblemError) => error.code === 'service.unavailable' && error.headers['Retry-After'] === '1',
      ),
  };
}

describe('freshness', () => {
  it('is not there before the first read', () => {
    setUp().assertStale();
  });

  it('lasts ten seconds from a read, whatever fails meanwhile, and not a millisecond longer', () => {
    const { freshness, pass, fail, assertStale } = setUp();
    freshness.recordRead();
    pass(10_000);
    fail();
    freshness.assertFresh();
    pass(1);
    assertStale();
  });

  it('ends without a failure too: a process that stood still knows nothing of what was revoked meanwhile', () => {
    const { freshness, pass, assertStale } = setUp();
    freshness.recordRead();
    pass(10_001);
    assertStale();
  });

  it('comes back with the next read', () => {
    const { freshness, pass, assertStale } = setUp();
    freshness.recordRead();
    pass(60_000);
    assertStale();
    freshness.recordRead();
    freshness.assertFresh();
  });

  it('is told of once when it goes and once when it comes back', () => {
    const { freshness, pass, fail, lines } = setUp();
    freshness.recordRead();
    pass(9_000);
    fail();
    pass(2_000);
    fail();
    fail();
    freshness.recordRead();
    freshness.recordRead();
    assert.deepEqual(lines, [
      'warn revocations cannot be read: no token is accepted until they can',
      'info revocations can be read again',
    ]);
  });

  it('says how long ago the last read was', () => {
    const { freshness, pass } = setUp();
    pass(700);
    assert.equal(freshness.ageMs(), 700);
    freshness.recordRead();
    pass(300);
    assert.equal(freshness.ageMs(), 300);
  });
});
