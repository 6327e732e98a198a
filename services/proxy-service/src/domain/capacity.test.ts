import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Capacity, createCapacity, type Leave } from './capacity.ts';

/** A call of the agent; `undefined` where it is refused, which gives its place back. */
function begin(capacity: Capacity, agent: string): Leave | undefined {
  const leave = capacity.enter();
  if (leave === undefined) return undefined;
  const unshare = capacity.share(agent);
  if (unshare === undefined) return void leave();
  return () => {
    unshare();
    leave();
  };
}

function beginAll(capacity: Capacity, agent: string, calls: number): Leave[] {
  return Array.from({ length: calls }, () => begin(capacity, agent)).filter((leave) => leave !== undefined);
}

const limits = { places: 100, placesOfAgent: 8 };

describe('capacity', () => {
  it('has as many places as it is given, and each again when it is left', () => {
    const capacity = createCapacity(limits);
    const leaves = Array.from({ length: 100 }, () => capacity.enter());
    assert.ok(leaves.every((leave) => leave !== undefined));
    assert.equal(capacity.enter(), undefined);
    leaves[0]?.();
    leaves[0]?.();
    assert.equal(capacity.inFlight, 99);
    assert.ok(capacity.enter());
    assert.equal(capacity.enter(), undefined);
  });

  it('lets one agent use what is idle', () => {
    assert.equal(beginAll(createCapacity(limits), 'busy', 1_000).length, 75);
  });

  it('keeps room for several with few calls, however many one has', () => {
    const capacity = createCapacity(limits);
    beginAll(capacity, 'busy', 1_000);
    for (const agent of ['a', 'b', 'c']) assert.equal(beginAll(capacity, agent, 8).length, 8);
  });

  it('gives those who have many no more than three quarters, however they come in', () => {
    const capacity = createCapacity(limits);
    const agents = ['busy', 'busier', 'busiest'];
    for (let round = 0; round < 1_000; round += 1) for (const agent of agents) begin(capacity, agent);
    assert.equal(capacity.inFlight, 75);
  });

  it('never refuses an agent its few calls while there are places', () => {
    const capacity = createCapacity(limits);
    beginAll(capacity, 'busy', 1_000);
    assert.equal(beginAll(capacity, 'late', 8).length, 8);
    assert.equal(begin(capacity, 'late'), undefined);
  });

  it('knows an agent no longer whose calls have ended', () => {
    const capacity = createCapacity(limits);
    const leaves = beginAll(capacity, 'busy', 1_000);
    for (const leave of leaves) leave();
    assert.equal(capacity.inFlight, 0);
    assert.equal(beginAll(capacity, 'busy', 1_000).length, leaves.length);
  });
});
