import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SlidingCount } from './sliding-count.ts';

function counted() {
  const clock = { now: 1_234 };
  return { clock, count: new SlidingCount(10_000, () => clock.now) };
}

it('counts what happened within the last while', () => {
  const { clock, count } = counted();
  for (let second = 0; second < 10; second += 1) {
    count.add();
    clock.now += 950;
  }
  assert.equal(count.total, 10);
});

it('forgets what happened before, neither too late nor more than a twentieth too early', () => {
  const { clock, count } = counted();
  count.add();
  clock.now += 9_500;
  assert.equal(count.total, 1);
  clock.now += 501;
  assert.equal(count.total, 0);
});

it('forgets everything after a long silence, and counts again', () => {
  const { clock, count } = counted();
  for (let i = 0; i < 5; i += 1) count.add();
  clock.now += 1_000_000;
  count.add();
  assert.equal(count.total, 1);
});

it('begins anew when it is told to', () => {
  const { count } = counted();
  count.add();
  count.reset();
  assert.equal(count.total, 0);
});
