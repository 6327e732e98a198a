import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatCursor, parseCursor } from './cursor.ts';

describe('a cursor', () => {
  it('leads back to its position', () => {
    assert.equal(parseCursor(formatCursor('42')), '42');
  });

  it('is refused when no page gave it: Postgres never sees what is no position', () => {
    for (const position of ['', '-1', '1.5', '1 or 1=1', '9'.repeat(19), 'NaN']) {
      assert.throws(() => parseCursor(formatCursor(position)), { code: 'request.invalid' }, position);
    }
  });
});
