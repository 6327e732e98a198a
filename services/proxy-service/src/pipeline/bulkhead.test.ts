import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError } from '@4runr/service-kit/errors';
import { mail, resolved, validated, web } from '../../test/fixtures/calls.ts';
import { permitted } from '../../test/fixtures/permitted.ts';
import type { ValidatedCall } from '../domain/call.ts';
import { bulkhead, createBulkheads } from './bulkhead.ts';

function crowded() {
  const ends: (() => void)[] = [];
  const carry = bulkhead<string>(createBulkheads({ ofTool: 3, ofHost: 2 }))(
    () => new Promise((resolve) => ends.push(() => resolve('answer'))),
  );
  /** Begins an attempt, which is under way until `ends` are called; what it has ended with then. */
  const begin = async (call: ValidatedCall) => {
    const bounds = { signal: call.signal, endsAt: Number.POSITIVE_INFINITY };
    const attempt = carry(await permitted(call), bounds).catch((error: unknown) => error);
    await new Promise(setImmediate);
    return attempt;
  };
  return { ends, begin };
}

const ofTool: ValidatedCall = { ...validated(), tool: { ...web, isolation: 'tool' } };
const at = (host: string): ValidatedCall => ({
  ...validated(),
  tool: web,
  facts: { url: [`https://${host}/`], model: [], recipient: [] },
});
const isShed = (end: unknown) =>
  end instanceof ProblemError && end.code === 'overload.shed' && end.extensions.dispatched === 'no';

describe('attempts beyond the share of a tool', () => {
  it('are turned away at once, whatever other tools do', async () => {
    const { begin, ends } = crowded();
    const attempts = [0, 1, 2].map(() => begin(ofTool));
    void begin({ ...validated(), ...resolved(mail, 'send') });
    const further = begin(ofTool);
    assert.ok(isShed(await further));
    for (const end of ends) end();
    assert.deepEqual(await Promise.all(attempts), ['answer', 'answer', 'answer']);
    assert.equal(ends.length, 4);
  });

  it('have a place again when one has ended', async () => {
    const { begin, ends } = crowded();
    const attempts = [0, 1, 2].map(() => begin(ofTool));
    assert.ok(isShed(await begin(ofTool)));
    for (const end of ends) end();
    await Promise.all(attempts);
    const next = begin(ofTool);
    await new Promise(setImmediate);
    ends.at(-1)?.();
    assert.equal(await next, 'answer');
  });
});

it('a slow host leaves room for others of its tool', async () => {
  const { begin, ends } = crowded();
  const attempts = [begin(at('slow.test')), begin(at('slow.test'))];
  assert.ok(isShed(await begin(at('slow.test'))));
  attempts.push(begin(at('other.test')));
  await new Promise(setImmediate);
  assert.ok(isShed(await begin(at('third.test'))), 'the tool has no more places');
  for (const end of ends) end();
  assert.deepEqual(await Promise.all(attempts), ['answer', 'answer', 'answer']);
});

it('an attempt whose answer comes bit by bit keeps its place until that has ended', async () => {
  const leaves: (() => void)[] = [];
  const carry = bulkhead<string>(createBulkheads({ ofTool: 1, ofHost: 1 }), (answered, leave) => {
    leaves.push(leave);
    return answered;
  })(async () => 'begun');
  const begin = async () =>
    carry(await permitted(at('slow.test')), {
      signal: new AbortController().signal,
      endsAt: Number.POSITIVE_INFINITY,
    });
  assert.equal(await begin(), 'begun');
  assert.ok(isShed(await begin().catch((error: unknown) => error)));
  for (const leave of leaves) leave();
  await new Promise(setImmediate);
  assert.equal(await begin(), 'begun');
});
