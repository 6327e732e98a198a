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

describe('a nonce', () => {
  it('is the same on every replica that holds the secret, and on no other', () => {
    const nonce = createDpopNonces(secret, clock).current();
    assert.equal(createDpopNonces(Buffer.from(secret), clock).current(), nonce);
    assert.equal(createDpopNonces(randomBytes(32), clock).isAccepted(nonce), false);
  });

  it('is handed out for a minute and taken for at least four', () => {
    const nonces = createDpopNonces(secret, clock);
    const nonce = nonces.current();
    pass(nonceStepSeconds);
    assert.notEqual(nonces.current(), nonce);
    pass(3 * nonceStepSeconds);
    assert.equal(nonces.isAccepted(nonce), true);
  });

  it('is stale after five minutes', () => {
    const nonces = createDpopNonces(secret, clock);
    const nonce = nonces.current();
    pass(5 * nonceStepSeconds);
    assert.equal(nonces.isAccepted(nonce), false);
  });

  it('of a replica whose clock is half a minute ahead is taken, of one that is two minutes ahead is not', () => {
    const nonces = createDpopNonces(secret, clock);
    const ahead = (seconds: number) => createDpopNonces(secret, () => nowMs + seconds * 1_000).current();
    assert.equal(nonces.isAccepted(ahead(30)), true);
    assert.equal(nonces.isAccepted(ahead(2 * nonceStepSeconds)), false);
  });

  it('tells nothing of another one', () => {
    const nonces = createDpopNonces(secret, clock);
    assert.match(nonces.current(), /^[\w-]{22}$/);
    for (const text of ['', nonces.current().slice(1), `${nonces.current()}A`]) {
      assert.equal(nonces.isAccepted(text), false);
    }
  });
});
