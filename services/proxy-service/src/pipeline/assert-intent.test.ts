import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProblemError } from '@4runr/service-kit/errors';
import { assertIntent } from './assert-intent.ts';

describe('Agent-Intent', () => {
  for (const intent of [undefined, 'lead_discovery', 'v1.2:a-b', 'i'.repeat(128)]) {
    it(`may be ${intent?.slice(0, 20) ?? 'absent'}`, () => assert.doesNotThrow(() => assertIntent(intent)));
  }

  const refused = {
    'nothing at all': '',
    'more than 128 characters': 'i'.repeat(129),
    'two words': 'a b',
    'several headers in one': 'a, b',
    'a control character': 'a\tb',
    'a letter beyond ASCII': 'é',
    'a line after the word': 'a\n',
  };
  for (const [guarantee, intent] of Object.entries(refused)) {
    it(`may not be ${guarantee}`, () => {
      assert.throws(
        () => assertIntent(intent),
        (error: ProblemError) => error.code === 'request.invalid',
      );
    });
  }
});
