import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Request } from 'express';
import { assertPreconditions, hasState, requireIfMatch } from './preconditions.ts';

const requestWith = (headers: Readonly<Record<string, string>>) =>
  ({ get: (name: string) => headers[name] }) as Request;

type Row = [
  guarantee: string,
  headers: Readonly<Record<string, string>>,
  entityTag: string | undefined,
  holds: boolean,
];

const rows: Row[] = [
  ['nothing is demanded without a header', {}, '"1"', true],
  ['If-Match holds for the state that it names', { 'if-match': '"1"' }, '"1"', true],
  ['If-Match fails for another state', { 'if-match': '"1"' }, '"2"', false],
  ['If-Match may name several', { 'if-match': '"1", "2"' }, '"2"', true],
  ['If-Match with * holds for any state', { 'if-match': ' * ' }, '"2"', true],
  ['If-Match with * fails where there is nothing', { 'if-match': '*' }, undefined, false],
  ['If-Match fails where there is nothing', { 'if-match': '"1"' }, undefined, false],
  ['a weak tag never matches', { 'if-match': 'W/"1"' }, '"1"', false],
  ['a weak tag beside a strong one does not spoil it', { 'if-match': 'W/"1", "1"' }, '"1"', true],
  ['a tag without quotes is none', { 'if-match': '1' }, '"1"', false],
  ['part of a tag is none', { 'if-match': '"11"' }, '"1"', false],
  ['If-None-Match with * holds where there is nothing', { 'if-none-match': '*' }, undefined, true],
  ['If-None-Match with * fails for any state', { 'if-none-match': '*' }, '"1"', false],
  ['If-None-Match fails for the state that it names', { 'if-none-match': '"1"' }, '"1"', false],
  ['If-None-Match holds for another state', { 'if-none-match': '"1"' }, '"2"', true],
  ['both have to hold', { 'if-match': '"1"', 'if-none-match': '"1"' }, '"1"', false],
];

describe('preconditions', () => {
  for (const [guarantee, headers, entityTag, holds] of rows) {
    it(guarantee, () => {
      const assertHolds = () => assertPreconditions(requestWith(headers), entityTag);
      if (holds) assertHolds();
      else assert.throws(assertHolds, { code: 'precondition.failed' });
    });
  }

  it('a client has the state that it names, and no other', () => {
    const has = (header: string) => hasState(requestWith({ 'if-none-match': header }), '"1"');
    assert.deepEqual([has('"1"'), has('"2"'), has('')], [true, false, false]);
    assert.equal(hasState(requestWith({}), '"1"'), false);
  });

  it('If-Match can be required', () => {
    requireIfMatch(requestWith({ 'if-match': '*' }));
    assert.throws(() => requireIfMatch(requestWith({})), { code: 'precondition.required' });
  });
});
