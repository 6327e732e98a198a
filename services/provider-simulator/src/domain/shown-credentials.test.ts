import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { createShownCredentials } from './shown-credentials.ts';

const digest = (credential: string) => createHash('sha256').update(credential).digest('hex');

describe('the credentials that were shown', () => {
  it('are counted by digest, the latest last', () => {
    const credentials = createShownCredentials();
    for (const credential of ['a', 'b', 'a']) credentials.shown('serpapi', credential);
    assert.deepEqual(credentials.list(), [
      { provider: 'serpapi', sha256: digest('b'), requests: 1 },
      { provider: 'serpapi', sha256: digest('a'), requests: 2 },
    ]);
  });

  it('are forgotten beyond the latest hundred', () => {
    const credentials = createShownCredentials();
    for (let number = 0; number <= 100; number += 1) credentials.shown('serpapi', String(number));
    assert.equal(credentials.list().length, 100);
    assert.ok(credentials.list().every(({ sha256 }) => sha256 !== digest('0')));
  });
});
