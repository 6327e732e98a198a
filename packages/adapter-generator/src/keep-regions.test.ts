import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keepRegions } from './keep-regions.ts';

const text = [
  'a',
  '  //#region key',
  '  b',
  '  //#endregion',
  '<!-- #region read -->',
  'c',
  '<!-- #endregion -->',
  'd',
].join('\n');

describe('the regions of a template', () => {
  it('stay when they are wanted, without their marks', () => {
    assert.equal(keepRegions(text, new Set(['key', 'read'])), 'a\n  b\nc\nd');
    assert.equal(keepRegions(text, new Set(['read'])), 'a\nc\nd');
    assert.equal(keepRegions(text, new Set()), 'a\nd');
  });

  it('are marked from their beginning to their end', () => {
    for (const wrong of ['//#region a\nx', 'x\n//#endregion', '//#region a\n//#region b\n//#endregion'])
      assert.throws(() => keepRegions(wrong, new Set()), /region/);
  });
});
