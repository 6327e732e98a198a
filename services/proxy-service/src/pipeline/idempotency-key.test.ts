import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseIdempotencyKey } from './idempotency-key.ts';

describe('an idempotency key', () => {
  it('is a text in quotes, or the same characters without them', () => {
    const key = '8e03978e-40d5-43dd-bc93-6894a57f9324';
    assert.equal(parseIdempotencyKey([key]), key);
    assert.equal(parseIdempotencyKey([`"${key}"`]), key);
    assert.equal(parseIdempotencyKey(['"a \\"b\\" \\\\ c"']), 'a "b" \\ c');
    assert.equal(parseIdempotencyKey(['x'.repeat(255)]), 'x'.repeat(255));
  });

  it('is none where none was sent', () => {
    assert.equal(parseIdempotencyKey([]), undefined);
  });

  for (const [what, fields] of Object.entries({
    'one that is empty': [''],
    'a text that is empty': ['""'],
    'one that is too long': ['x'.repeat(256)],
    'a text that is too long': [`"${'x'.repeat(256)}"`],
    'a control character': ['a\tb'],
    'what is not ASCII': ['schlüssel'],
    'a text that does not end': ['"abc'],
    'a text with parameters': ['"abc";a=1'],
    'several texts': ['"abc", "def"'],
    'several fields': ['abc', 'abc'],
  })) {
    it(`is refused: ${what}`, () => {
      assert.throws(() => parseIdempotencyKey(fields), { code: 'request.invalid' });
    });
  }
});
