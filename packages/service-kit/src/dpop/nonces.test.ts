import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { createDpopNonces, nonceStepSeconds } from './nonces.ts';

const secret = randomBytes(32);
let nowMs = 1_760_000_000_000;
const clock = () => nowMs;
const pass = (seconds: number) => {
  nowMs += seconds * 1_000;
};

const memory = 'memory 1';

describe('a nonce', () => {
  it('is the same on every replica that holds the secret, and on no other', () => {
    const nonce = createDpopNonces(secret, clock).current(memory);
    assert.equal(createDpopNonces(Buffer.from(secret), clock).current(memory), nonce);
    assert.equal(createDpopNonces(randomBytes(32), clock).isAccepted(nonce, memory), false);
  });

  it('is handed out for a minute and taken for at least four', () => {
    const nonces = createDpopNonces(secret, clock);
    const nonce = nonces.current(memory);
    pass(nonceStepSeconds);
    assert.notEqual(nonces.current(memory), nonce);
    pass(3 * nonceStepSeconds);
    assert.equal(nonces.isAccepted(nonce, memory), true);
  });

  it('is stale after five minutes', () => {
    const nonces = createDpopNonces(secret, clock);
    const nonce = nonces.current(memory);
    pass(5 * nonceStepSeconds);
    assert.equal(nonces.isAccepted(nonce, memory), false);
  });

  it('of a replica whose clock is half a minute ahead is taken, of one that is two minutes ahead is not', () => {
    const nonces = createDpopNonces(secret, clock);
    const ahead = (seconds: number) =>
      createDpopNonces(secret, () => nowMs + seconds * 1_000).current(memory);
    assert.equal(nonces.isAccepted(ahead(30), memory), true);
    assert.equal(nonces.isAccepted(ahead(2 * nonceStepSeconds), memory), false);
  });

  it('ends with the memory of used proofs in which it was handed out', () => {
    const nonces = createDpopNonces(secret, clock);
    const nonce = nonces.current(memory);
    assert.equal(nonces.isAccepted(nonce, 'memory 2'), false);
    assert.equal(nonces.isAccepted(nonce, memory), true);
  });

  it('tells nothing of another one', () => {
    const nonces = createDpopNonces(secret, clock);
    assert.match(nonces.current(memory), /^[\w-]{22}$/);
    for (const text of ['', nonces.current(memory).slice(1), `${nonces.current(memory)}A`]) {
      assert.equal(nonces.isAccepted(text, memory), false);
    }
  });
});
