import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PlannedCall } from './planned-call.ts';
import { callsPerTask, duplicateShare, planTask, probeShare, taskShares } from './traffic-mix.ts';

const tasks = 20_000;
const planned = Array.from({ length: tasks }, (_, number) => planTask(7, number));
const calls = planned.flat();

function share(isOne: (call: PlannedCall) => boolean): number {
  return calls.filter(isOne).length / tasks;
}

function assertNear(actual: number, wanted: number): void {
  assert.ok(Math.abs(actual - wanted) < 0.012, `${actual} is not about ${wanted}`);
}

describe('the traffic mix', () => {
  it('has the shares that it names', () => {
    const first = (name: string) => share(({ kind, call }) => kind === 'first' && call === name);
    assertNear(first('serpapi/search'), taskShares.search);
    assertNear(first('http_fetch/get'), taskShares.enrichment);
    assertNear(first('openai/chat'), taskShares.enrichment);
    assertNear(first('gmail_send/send'), taskShares.mail);
    assertNear(
      share(({ kind }) => kind === 'duplicate'),
      duplicateShare,
    );
    assertNear(
      share(({ kind }) => kind === 'probe'),
      probeShare,
    );
    assertNear(calls.length / tasks, callsPerTask);
  });

  it('is the same for the same seed, and another for another one', () => {
    assert.deepEqual(planTask(7, 41), planned[41]);
    assert.notDeepEqual(planTask(8, 41), planned[41]);
  });

  it('repeats the first call of a task word for word, its idempotency key included', () => {
    const repeated = planned.filter((task) => task.some(({ kind }) => kind === 'duplicate'));
    for (const [first, second] of repeated) assert.deepEqual({ ...second, kind: 'first' }, first);
  });

  it('asks for nothing twice otherwise, so that only a duplicate can meet the cache or a sent mail', () => {
    const asked = calls.filter(({ kind, call }) => kind === 'first' && call !== 'openai/chat');
    const unique = asked
      .filter(({ call }) => call !== 'http_fetch/get')
      .map(({ params }) => JSON.stringify(params));
    assert.equal(new Set(unique).size, unique.length);
  });

  it('sends every mail under a key of its own', () => {
    const mails = calls.filter(({ kind, call }) => kind === 'first' && call === 'gmail_send/send');
    assert.equal(new Set(mails.map(({ idempotencyKey }) => idempotencyKey)).size, mails.length);
  });

  it('expects a refusal of probes and of nothing else', () => {
    for (const { kind, refusedAs } of calls) assert.equal(refusedAs !== undefined, kind === 'probe');
  });
});
