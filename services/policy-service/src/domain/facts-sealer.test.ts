import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { createFactsSealer } from './facts-sealer.ts';

const facts = { url: [], model: [], recipient: ['ada@company.com'] };
const [key, next] = [randomBytes(32), randomBytes(32)];

describe('sealed facts', () => {
  it('hold nothing that can be read, and are opened as they were', () => {
    const sealer = createFactsSealer(key);
    const sealed = sealer.seal(facts, 'call_1');
    assert.ok(!Buffer.from(sealed, 'base64url').toString('latin1').includes('ada'));
    assert.notEqual(sealer.seal(facts, 'call_1'), sealed);
    assert.deepEqual(sealer.open(sealed, 'call_1'), facts);
  });

  it('are opened by a key that is only accepted', () => {
    const sealed = createFactsSealer(key).seal(facts, 'call_1');
    assert.deepEqual(createFactsSealer(next, [key]).open(sealed, 'call_1'), facts);
  });

  it('are not opened by another key, for another call, or changed', () => {
    const sealer = createFactsSealer(key);
    const sealed = sealer.seal(facts, 'call_1');
    assert.throws(() => createFactsSealer(next).open(sealed, 'call_1'), /another audit key/);
    assert.throws(() => sealer.open(sealed, 'call_2'));
    const flipped = sealed.at(20) === 'A' ? 'B' : 'A';
    assert.throws(() => sealer.open(`${sealed.slice(0, 20)}${flipped}${sealed.slice(21)}`, 'call_1'));
    assert.throws(() => sealer.open('', 'call_1'));
  });
});
