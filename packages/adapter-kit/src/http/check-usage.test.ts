import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogger } from '@4runr/service-kit/telemetry';
import { checkUsage } from './check-usage.ts';

function check(usage: Record<string, number> | undefined) {
  const lines: string[] = [];
  const logger = createLogger(
    { service: 'adapter-test', level: 'info' },
    { write: (line) => void lines.push(line) },
  );
  return { reported: checkUsage(logger, usage), lines };
}

describe('what a handler reports as used', () => {
  it('goes into the answer as it is', () => {
    const usage = { inputTokens: 12, outputTokens: 3, searches: 0.5 };
    assert.deepEqual(check(usage), { reported: { usage }, lines: [] });
    assert.deepEqual(check(undefined), { reported: {}, lines: [] });
  });

  const impossible: Record<string, Record<string, number>> = {
    'is negative': { inputTokens: -1, outputTokens: 3 },
    'is no number': { inputTokens: Number.NaN, outputTokens: 3 },
    'is half a token': { inputTokens: 1.5, outputTokens: 3 },
    'has a name that is none': { 'input tokens': 1 },
  };
  for (const [how, usage] of Object.entries(impossible))
    it(`is left out where it ${how}, so that the call counts as what was reserved, and the log tells of it`, () => {
      const { reported, lines } = check(usage);
      assert.deepEqual([reported, lines.length], [{}, 1]);
    });
});
