import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { escapeToken, resolveFragment } from './json-pointer.ts';

describe('JSON Pointers', () => {
  it('escape what separates and what escapes (RFC 6901 section 3)', () => {
    assert.equal(escapeToken('a/b~c~1'), 'a~1b~0c~01');
  });

  const document = { a: { 'b/c': [1, { '~d%': 2 }] } };
  const rows: Readonly<Record<string, [fragment: string, value: unknown]>> = {
    'the empty one is the whole document': ['#', document],
    'tokens are unescaped': ['#/a/b~1c/0', 1],
    'fragments are percent-decoded': ['#/a/b~1c/1/~0d%25', 2],
    'nothing is there where nothing is': ['#/a/x/y', undefined],
    'inherited members are not there': ['#/constructor', undefined],
  };
  for (const [guarantee, [fragment, value]] of Object.entries(rows)) {
    it(guarantee, () => assert.deepEqual(resolveFragment(document, fragment), value));
  }
});
