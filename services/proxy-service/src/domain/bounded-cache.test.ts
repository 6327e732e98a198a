import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBoundedCache } from './bounded-cache.ts';

describe('a bounded cache', () => {
  it('makes what is asked for once, and gives up what was not asked for longest', () => {
    const made: string[] = [];
    const cache = createBoundedCache<{ key: string }>(2);
    const get = (key: string) =>
      cache.get(key, () => {
        made.push(key);
        return { key };
      });
    assert.equal(get('a'), get('a'));
    for (const key of ['b', 'a', 'c', 'a', 'b']) assert.equal(get(key).key, key);
    assert.deepEqual(made, ['a', 'b', 'c', 'b']);
  });

  it('keeps nothing of what could not be made', () => {
    const cache = createBoundedCache<object>(2);
    const fail = () => cache.get('a', () => assert.fail('cannot be made'));
    assert.throws(fail, /cannot be made/);
    assert.throws(fail, /cannot be made/);
  });

  it('keeps no longer what has become stale', () => {
    const cache = createBoundedCache<{ key: string }>(3);
    for (const key of ['a', 'b', 'c']) cache.get(key, () => ({ key }));
    cache.drop(({ key }) => key !== 'b');
    assert.deepEqual([...cache.values()], [{ key: 'b' }]);
  });
});
