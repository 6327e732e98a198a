import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAuditRetention } from './audit-retention.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2025, 9, 9);
const retention = createAuditRetention(30, () => nowMs);

describe('the retention of the audit trail', () => {
  const rows: [what: string, atMs: number, isKept: boolean][] = [
    ['now', nowMs, true],
    ['as old as it may be', nowMs - 30 * dayMs, true],
    ['older', nowMs - 30 * dayMs - 1, false],
    ['a day ahead, as by a clock that is wrong', nowMs + dayMs, true],
    ['further ahead', nowMs + dayMs + 1, false],
  ];
  for (const [what, atMs, isKept] of rows) {
    it(`${isKept ? 'keeps' : 'does not keep'} what is ${what}`, () => {
      assert.equal(retention.isKept(atMs), isKept);
    });
  }
});
