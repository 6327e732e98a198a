import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseResponsePath, responsePathSchema } from './index.ts';

describe('parseResponsePath', () => {
  it('reads names, one member of any name, and any depth', () => {
    assert.deepEqual(parseResponsePath('items.*.**.api key'), [
      { kind: 'member', name: 'items' },
      { kind: 'any' },
      { kind: 'any_depth' },
      { kind: 'member', name: 'api key' },
    ]);
  });

  const wrong: Record<string, string> = {
    'the empty text': '',
    'an empty step': 'a..b',
    'a star within a name': 'a.b*',
    'any depth at the end, which names nothing': 'a.**',
    'any depth twice in a row': '**.**.a',
    'more than 20 steps': Array(21).fill('a').join('.'),
    'more than 500 characters': 'a'.repeat(501),
  };
  for (const [name, text] of Object.entries(wrong)) {
    it(`refuses ${name}`, () => {
      assert.throws(() => parseResponsePath(text), TypeError);
      assert.equal(responsePathSchema.safeParse(text).success, false);
    });
  }
});
