import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replayExample, replayRequestExample, replayRequestSchema, replaySchema } from './index.ts';

describe('a replay', () => {
  it('is answered as its example says', () => {
    assert.deepEqual(replaySchema.parse(replayExample), replayExample);
  });

  it('is of a period in milliseconds, and lists no more than an answer can bear', () => {
    const { from, to, limit } = replayRequestSchema.parse(replayRequestExample);
    assert.deepEqual([to - from, limit], [86_400_000, 1_000]);
  });

  const rows: Record<string, object> = {
    'no period': { from: undefined },
    'a period that ends before it begins': { from: replayRequestExample.to, to: replayRequestExample.from },
    'an empty period': { to: replayRequestExample.from },
    'a time of no zone': { from: '2025-10-09T00:00:00' },
    'more than can be listed': { limit: 1_001 },
    'a member that nobody knows': { agent: 'agt_1' },
  };
  for (const [name, change] of Object.entries(rows)) {
    it(`is none with ${name}`, () => {
      assert.ok(!replayRequestSchema.safeParse({ ...replayRequestExample, ...change }).success);
    });
  }
});
