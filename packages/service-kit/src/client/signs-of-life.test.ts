import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSignsOfLife } from './signs-of-life.ts';

/** Signs of life of replicas of which some are frozen, and what happened. */
function watched(frozen: Set<string>) {
  const asked: string[] = [];
  const changes: (readonly [string, boolean])[] = [];
  let now = 0;
  const signs = createSignsOfLife({
    async ask(origin) {
      asked.push(origin);
      if (frozen.has(origin)) throw new Error('nothing came');
    },
    onChange: (...change) => changes.push(change),
    clock: () => now,
  });
  const advance = (ms: number) => {
    now += ms;
  };
  return { signs, asked, changes, advance };
}

describe('signs of life', () => {
  it('tell one that is frozen from one that takes its time, by one question of all who wait', async () => {
    const { signs, asked } = watched(new Set(['frozen']));
    const told = ['frozen', 'frozen', 'slow'].map((origin) => signs.isSilent(origin));
    assert.deepEqual(await Promise.all(told), [true, true, false]);
    assert.deepEqual(asked, ['frozen', 'slow']);
  });

  it('are not asked of one that has just answered somebody', async () => {
    const { signs, asked, advance } = watched(new Set(['a']));
    signs.heardFrom('a');
    advance(249);
    assert.equal(await signs.isSilent('a'), false);
    advance(1);
    assert.equal(await signs.isSilent('a'), true);
    assert.deepEqual(asked, ['a']);
  });

  it('are asked of silent ones again until they are back, and each change is told once', async () => {
    const frozen = new Set(['a']);
    const { signs, changes } = watched(frozen);
    await signs.isSilent('a');
    await signs.follow(['a', 'b']);
    assert.equal(signs.wasSilent('a'), true);
    frozen.clear();
    await signs.follow(['a', 'b']);
    assert.equal(signs.wasSilent('a'), false);
    assert.deepEqual(changes, [
      ['a', true],
      ['a', false],
    ]);
  });

  it('are not asked of replicas that have gone', async () => {
    const { signs, asked } = watched(new Set(['a']));
    await signs.isSilent('a');
    await signs.follow(['b']);
    assert.equal(signs.wasSilent('a'), false);
    assert.deepEqual(asked, ['a']);
  });
});
