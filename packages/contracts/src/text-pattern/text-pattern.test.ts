import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTextPattern, textPatternSchema } from './index.ts';

describe('parseTextPattern', () => {
  it('fits anywhere in a text', () => {
    const { test } = parseTextPattern('-----BEGIN .*PRIVATE KEY-----');
    assert.equal(test('x\n-----BEGIN RSA PRIVATE KEY-----\n'), true);
    assert.equal(test('-----BEGIN CERTIFICATE-----'), false);
  });

  it('takes a plain text of the longest length', () => {
    assert.equal(textPatternSchema.safeParse('a'.repeat(500)).success, true);
  });

  it('tries a text without going back: nested repetitions cost no more than others', () => {
    assert.equal(parseTextPattern('^(a+)+$').test(`${'a'.repeat(50_000)}b`), false);
  });

  const wrong: Record<string, string> = {
    'the empty text, which would fit everything': '',
    'an open group': '(a',
    'a look-ahead': 'a(?=b)',
    'a back-reference': '(a)\\1',
    'more than 500 characters': 'a'.repeat(501),
    'repetitions that grow it out of proportion': '\\pL{1000}',
    'repetitions without end': 'a{1000}'.repeat(70),
    'repetitions of repetitions': '((a{100}){100}){100}',
  };
  for (const [name, text] of Object.entries(wrong)) {
    it(`refuses ${name}`, () => assert.equal(textPatternSchema.safeParse(text).success, false));
  }
});
