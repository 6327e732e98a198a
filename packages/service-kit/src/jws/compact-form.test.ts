import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isCompactJws } from './compact-form.ts';

describe('the compact form of a JWS', () => {
  const signature = Buffer.alloc(256, 7).toString('base64url');
  it('has three segments', () => assert.equal(isCompactJws(`e30.e30.${signature}`), true));

  const rows = ['', 'e30', 'e30.e30', 'e30.e30.', '.e30.AAAA', 'e30..AAAA', 'e30.e30.AAAA.', 'e30.e30.AA=='];
  for (const text of rows)
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(isCompactJws(text), false));

  it('has one spelling: other bits in the last character of a signature make another text, not the same token', () => {
    const last = signature.at(-1);
    const spellings = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
    const taken = spellings.filter((character) =>
      isCompactJws(`e30.e30.${signature.slice(0, -1)}${character}`),
    );
    assert.ok(last !== undefined && taken.includes(last));
    assert.equal(taken.length, 4);
  });
});
