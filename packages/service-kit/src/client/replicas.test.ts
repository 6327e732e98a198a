import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createReplicas } from './replicas.ts';

describe('replicas', () => {
  it('come by turns', () => {
    const replicas = createReplicas(() => ['a', 'b', 'c']);
    assert.deepEqual(
      [replicas.inTurn(), replicas.inTurn()],
      [
        ['a', 'b', 'c'],
        ['b', 'c', 'a'],
      ],
    );
  });

  it('come last while they rest, and by turns again afterwards', () => {
    let now = 0;
    const replicas = createReplicas(() => ['a', 'b'], { clock: () => now });
    replicas.rest('a');
    assert.deepEqual([replicas.inTurn()[0], replicas.inTurn()[0]], ['b', 'b']);
    now = 1_000;
    assert.deepEqual([replicas.inTurn()[0], replicas.inTurn()[0]], ['a', 'b']);
  });

  it('come last while they say nothing', () => {
    const silent = new Set(['a']);
    const signs = {
      heardFrom: () => {},
      isSilent: async () => true,
      wasSilent: (at: string) => silent.has(at),
    };
    const replicas = createReplicas(() => ['a', 'b'], { signs });
    assert.deepEqual([replicas.inTurn()[0], replicas.inTurn()[0]], ['b', 'b']);
    silent.clear();
    assert.deepEqual([replicas.inTurn()[0], replicas.inTurn()[0]], ['a', 'b']);
  });

  it('are all tried even when all rest', () => {
    const replicas = createReplicas(() => ['a', 'b']);
    for (const origin of ['a', 'b']) replicas.rest(origin);
    assert.deepEqual(replicas.inTurn().sort(), ['a', 'b']);
  });

  it('take turns as many as there are each time', () => {
    let origins = ['a'];
    const replicas = createReplicas(() => origins);
    replicas.inTurn();
    origins = ['b', 'c'];
    assert.deepEqual(
      [replicas.inTurn(), replicas.inTurn()],
      [
        ['c', 'b'],
        ['b', 'c'],
      ],
    );
  });

  it('must be there', () => {
    assert.throws(() => createReplicas(() => []), RangeError);
  });
});
