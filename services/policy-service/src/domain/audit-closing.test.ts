import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAuditClosing } from './audit-closing.ts';

describe('closing of calls without outcome', () => {
  it('reaches as far back from what is stored as an outcome may take, and goes on until none is left', async () => {
    const left = [1_000, 1_000, 3];
    const asked: string[] = [];
    const closed: number[] = [];
    const close = createAuditClosing({
      storedUntilMs: async () => Date.UTC(2025, 9, 9, 9, 0),
      closeCalls: async (before) => {
        asked.push(before.toISOString());
        return left.shift() ?? 0;
      },
      onClosed: (calls) => closed.push(calls),
    });
    await close();
    assert.deepEqual(asked, Array(3).fill('2025-10-09T08:29:00.000Z'));
    assert.deepEqual(closed, [1_000, 1_000, 3]);
  });

  it('tells nobody when there is none', async () => {
    const close = createAuditClosing({
      storedUntilMs: async () => 0,
      closeCalls: async () => 0,
      onClosed: () => assert.fail('nothing was closed'),
    });
    await close();
  });
});
