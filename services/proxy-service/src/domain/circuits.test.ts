import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createCircuits, type Transition } from './circuits.ts';

const dead = { tool: 'web', host: 'dead.test' };
const fail = () => Promise.reject(new Error('dead'));

async function withDeadHost() {
  const clock = { now: 0 };
  const transitions: Transition[] = [];
  const circuits = createCircuits(
    (transition) => void transitions.push(transition),
    () => clock.now,
  );
  for (let attempt = 0; attempt < 10; attempt += 1)
    await circuits
      .get(dead)
      .run(fail, () => 'fails')
      .catch(() => {});
  return { clock, circuits, transitions };
}

it('a host that is dead is so for its own calls alone', async () => {
  const { circuits, transitions } = await withDeadHost();
  const answer = circuits.get({ tool: 'web', host: 'alive.test' }).run(
    async () => 'answer',
    () => 'fails',
  );
  assert.equal(await answer, 'answer');
  await assert.rejects(
    circuits.get(dead).run(
      async () => 'answer',
      () => 'fails',
    ),
  );
  assert.deepEqual(transitions, [{ target: dead, from: 'closed', to: 'open' }]);
});

it('a tool is told to be as its worst host, until nobody has asked for that for a minute', async () => {
  const { clock, circuits } = await withDeadHost();
  assert.deepEqual([circuits.worstOf('web'), circuits.worstOf('mail')], ['open', 'closed']);
  clock.now += 60_000;
  assert.equal(circuits.worstOf('web'), 'open');
  clock.now += 1;
  assert.equal(circuits.worstOf('web'), 'closed');
});
