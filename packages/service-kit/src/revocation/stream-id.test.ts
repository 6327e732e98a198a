import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAfter } from './stream-id.ts';

describe('ids of a stream', () => {
  const rows = [
    ['2-0', '1-0', true],
    ['10-0', '9-9', true],
    ['1-10', '1-9', true],
    ['1-1', '1-1', false],
    ['1-9', '1-10', false],
    ['9-9', '10-0', false],
    ['1795572127963-1', '1795572127963-0', true],
  ] as const;
  for (const [id, other, after] of rows) {
    it(`${id} is ${after ? '' : 'not '}after ${other}`, () => assert.equal(isAfter(id, other), after));
  }
});
