import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { ProblemError } from '@4runr/service-kit/errors';
import { mail, resolved, validated } from '../../test/fixtures/calls.ts';
import { permitted } from '../../test/fixtures/permitted.ts';
import { ClientGoneError, type ValidatedCall } from '../domain/call.ts';
import { createRetryBudgets, retry } from './retry.ts';

const failed = new ProblemError('upstream.failed', { extensions: { dispatched: 'yes' } });
const gone = new ProblemError('service.unavailable', {
  extensions: { dispatched: 'no' },
  headers: { 'Retry-After': '1' },
});
const limited = (retryAfter: string) =>
  new ProblemError('upstream.failed', {
    extensions: { dispatched: 'yes', upstreamStatus: 429 },
    headers: { 'Retry-After': retryAfter },
  });

beforeEach(() => void mock.method(Math, 'random', () => 0.5));
afterEach(() => mock.restoreAll());

/** Makes a call whose attempts come to these ends in turn, the last of them again and again; pauses pass at once. */
async function attempt(
  ends: readonly (Error | string)[],
  {
    call = validated(),
    leftMs = 60_000,
    budgets = createRetryBudgets(),
  }: { call?: ValidatedCall; leftMs?: number; budgets?: ReturnType<typeof createRetryBudgets> } = {},
) {
  const pauses: number[] = [];
  let made = 0;
  const pause = async (ms: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    pauses.push(ms);
  };
  const carry = retry<string>(
    budgets,
    pause,
  )(async () => {
    const end = ends[Math.min(made, ends.length - 1)] ?? '';
    made += 1;
    if (typeof end === 'string') return end;
    throw end;
  });
  const asked = carry(await permitted(call), { signal: call.signal, endsAt: performance.now() + leftMs });
  return { end: await asked.catch((error: unknown) => error), made, pauses };
}

const dispatchedIn = (end: unknown) => end instanceof ProblemError && end.extensions.dispatched;

describe('a call that fails', () => {
  it('is tried three times at most, after pauses that are drawn from ranges that double', async () => {
    assert.deepEqual(await attempt([failed]), { end: failed, made: 3, pauses: [100, 200] });
  });

  it('succeeds when an attempt does', async () => {
    assert.deepEqual(await attempt([failed, 'answer']), { end: 'answer', made: 2, pauses: [100] });
  });

  for (const code of ['upstream.failed', 'upstream.timeout', 'service.unavailable'] as const)
    it(`with ${code} is tried again`, async () =>
      assert.equal((await attempt([new ProblemError(code), 'answer'])).end, 'answer'));

  for (const code of [
    ...(['upstream.rejected', 'upstream.outcome_unknown', 'params.invalid', 'target.forbidden'] as const),
    ...(['breaker.open', 'overload.shed', 'response.too_large', 'internal'] as const),
  ])
    it(`with ${code} is not`, async () => assert.equal((await attempt([new ProblemError(code)])).made, 1));

  it('with something unforeseen is not', async () => {
    const bug = new TypeError('a bug');
    assert.deepEqual(await attempt([bug]), { end: bug, made: 1, pauses: [] });
  });

  it('is not tried again where it might happen twice', async () => {
    const call = { ...validated(), ...resolved(mail, 'send') };
    assert.equal((await attempt([gone], { call })).made, 1);
  });

  it('is not tried again when its client has gone', async () => {
    const { end, made } = await attempt([failed], { call: validated({ signal: AbortSignal.abort() }) });
    assert.ok(end instanceof ClientGoneError);
    assert.equal(made, 1);
  });

  it('is not tried again when the pause would outlast its time', async () => {
    assert.deepEqual(await attempt([failed], { leftMs: 90 }), { end: failed, made: 1, pauses: [] });
  });
});

describe('a provider that asks for patience', () => {
  it('is given it, and a little more, as callers come together', async () => {
    assert.deepEqual((await attempt([limited('1'), limited('0'), 'answer'])).pauses, [1_100, 200]);
  });

  it('for longer than calls are held is answered with', async () => {
    const problem = limited('11');
    assert.deepEqual(await attempt([problem]), { end: problem, made: 1, pauses: [] });
  });

  it('for longer than the caller waits is answered with', async () => {
    const problem = limited('3');
    assert.deepEqual(await attempt([problem], { leftMs: 2_000 }), { end: problem, made: 1, pauses: [] });
  });

  it('is not the gateway itself', async () => {
    assert.deepEqual((await attempt([gone, 'answer'])).pauses, [100]);
  });
});

describe('what is told of several attempts', () => {
  it('is the last failure, and the most that any of them came to', async () => {
    const { end } = await attempt([failed, gone]);
    assert.ok(end instanceof ProblemError);
    assert.deepEqual([end.code, dispatchedIn(end)], ['service.unavailable', 'yes']);
    assert.equal(dispatchedIn((await attempt([gone])).end), 'no');
  });

  it('is maybe where one does not say', async () => {
    assert.equal(dispatchedIn((await attempt([new ProblemError('upstream.failed'), gone])).end), 'maybe');
  });

  for (const code of ['breaker.open', 'overload.shed'] as const)
    it(`is the failure before, when the next attempt is not let through (${code})`, async () => {
      const { end, made } = await attempt([failed, new ProblemError(code)]);
      assert.deepEqual([end, made], [failed, 2]);
    });
});

it('what an attempt may have cost before another is not known', async () => {
  const untold = async (...ends: readonly Error[]) => {
    const call = validated();
    await attempt([...ends, 'answer'], { call });
    return call.observed.hasUntoldCosts === true;
  };
  assert.equal(await untold(failed), true);
  assert.equal(await untold(gone, limited('0')), false);
  assert.equal(await untold(gone, failed), true);
});

it('retries of all calls of a tool have one budget', async () => {
  const budgets = createRetryBudgets();
  let made = 0;
  for (let calls = 0; calls < 20; calls += 1) made += (await attempt([failed], { budgets })).made;
  assert.equal(made, 20 + 10);
});
