import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAuditCursor, parseAuditCursor } from './audit-cursor.ts';

describe('a cursor of the audit trail', () => {
  it('is read back as it was written, and needs no escape in a URL', () => {
    const position = { at: new Date(1_760_000_000_123), id: 'chg_01k3vc7f6p8q0s3v5x7z' };
    const cursor = formatAuditCursor(position);
    assert.match(cursor, /^[\w-]+$/);
    assert.deepEqual(parseAuditCursor(cursor), position);
  });

  const encode = (text: string) => Buffer.from(text).toString('base64url');
  const others = ['', 'x', 'after:1', 'after:1:', 'after::a', 'after:1:a b', 'after:1e3:a', 'after:1:ä'];
  for (const text of others) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseAuditCursor(encode(text)), { code: 'request.invalid' });
    });
  }

  it('has one form: neither padding nor other characters beside it', () => {
    const cursor = formatAuditCursor({ at: new Date(1), id: 'a' });
    for (const form of [`${cursor}=`, `${cursor}\n`, ` ${cursor}`, `${cursor}!`]) {
      assert.throws(() => parseAuditCursor(form), { code: 'request.invalid' });
    }
  });
});
