import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { slotOf } from './key-slot.ts';

describe('the slot of a key', () => {
  it('is that of the specification', () => {
    // CRC-16/XMODEM of the check input is 0x31C3.
    assert.equal(slotOf('123456789'), 0x31c3 % 16_384);
    assert.equal(slotOf(''), 0);
  });

  it('is that of its first hash tag, unless this is empty or not closed', () => {
    assert.equal(slotOf('{p3}:audit'), slotOf('p3'));
    assert.equal(slotOf('a{p3}b{p4}'), slotOf('p3'));
    assert.equal(slotOf('{{p3}}'), slotOf('{p3'));
    assert.notEqual(slotOf('{}p3'), slotOf('p3'));
    assert.notEqual(slotOf('{}p3'), slotOf(''));
    assert.notEqual(slotOf('{p3'), slotOf('p3'));
  });
});
