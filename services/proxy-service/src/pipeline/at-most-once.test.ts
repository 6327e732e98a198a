import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProblemCode, ProblemExtensions } from '@4runr/contracts/problem';
import { ProblemError } from '@4runr/service-kit/errors';
import { mail, resolved, validated } from '../../test/fixtures/calls.ts';
import { permitted } from '../../test/fixtures/permitted.ts';
import type { ValidatedCall } from '../domain/call.ts';
import type { KeptOutcome, KeyHold } from '../domain/keyed-call.ts';
import { atMostOnce } from './at-most-once.ts';
import type { ForwardedCall } from './forward.ts';
import type { Carry } from './layer.ts';

/** A hold that notes what it is told. @param dispatch what it answers before the call may go out */
function noting(dispatch: () => Promise<boolean> = async () => true) {
  const told: (string | KeptOutcome)[] = [];
  const hold: KeyHold = {
    dispatch: () => {
      told.push('dispatch');
      return dispatch();
    },
    renew: () => void told.push('renew'),
    finish: async (outcome) => void told.push(outcome),
    release: async () => void told.push('release'),
  };
  return { hold, told };
}

const read = validated();
const effect = validated({ ...resolved(mail, 'send'), params: { to: 'ada@company.com', text: 'Hello' } });

/** Carries out a call that holds its key, and answers with what the hold was told. */
async function carryOut(call: ValidatedCall, hold: KeyHold, next: Carry<ForwardedCall>) {
  const made = await permitted({ ...call, keyed: { kind: 'held', hold }, observed: { timings: {} } });
  const bounds = { signal: AbortSignal.abort(), endsAt: performance.now() + 1_000 };
  return atMostOnce()(next)(made, bounds).catch((error: unknown) => error);
}

/** What the layers within do: an attempt that fails so, or none. */
const failing =
  (code: ProblemCode, extensions: ProblemExtensions = {}, attempts = 1): Carry<ForwardedCall> =>
  async ({ call }) => {
    if (attempts > 0) call.observed.attempts = attempts;
    throw new ProblemError(code, { extensions });
  };

describe('a call that holds its key', () => {
  it('says that it is dispatched before anything is asked, and keeps the unfiltered result', async () => {
    const { hold, told } = noting();
    await carryOut(effect, hold, async (made, { signal }) => {
      assert.deepEqual([told, signal.aborted], [['dispatch'], false]);
      return { permitted: made, unfiltered: 'result' };
    });
    assert.deepEqual(told, ['dispatch', { kind: 'completed', result: 'result' }]);
  });

  it('is not waited for where it does no harm twice: nothing is marked', async () => {
    const { hold, told } = noting(() => assert.fail('a read was marked'));
    await carryOut(read, hold, async (made) => ({ permitted: made, unfiltered: 'result' }));
    assert.deepEqual(told, ['renew', { kind: 'completed', result: 'result' }]);
  });

  it('is not carried out when another has taken the key, or when that cannot be known', async () => {
    const away = new ProblemError('service.unavailable');
    for (const [dispatch, code] of [
      [async () => false, 'idempotency.in_progress'],
      [() => Promise.reject(away), 'service.unavailable'],
    ] as const) {
      const { hold, told } = noting(dispatch);
      const end = await carryOut(effect, hold, () => assert.fail('it was carried out'));
      assert.ok(end instanceof ProblemError && end.code === code);
      assert.deepEqual(told, ['dispatch', 'release']);
    }
  });

  for (const [what, call, next] of [
    ['nothing was dispatched', effect, failing('upstream.rejected', { dispatched: 'no' })],
    ['nobody was asked', effect, failing('breaker.open', {}, 0)],
    ['a read failed in a way that may pass', read, failing('upstream.timeout', { dispatched: 'maybe' })],
    ['a read failed by our own fault', read, failing('internal')],
  ] as const) {
    it(`lets the key serve again where ${what}`, async () => {
      const { hold, told } = noting();
      await carryOut(call, hold, next);
      assert.deepEqual(told, [call === effect ? 'dispatch' : 'renew', 'release']);
    });
  }

  for (const [what, call, next, kept] of [
    [
      'an effect failed, retryable or not',
      effect,
      failing('upstream.failed', { dispatched: 'yes', upstreamStatus: 500 }),
      'upstream.failed',
    ],
    [
      'nobody says whether an effect was dispatched',
      effect,
      failing('upstream.outcome_unknown'),
      'upstream.outcome_unknown',
    ],
    ['something unforeseen befell an effect', effect, failing('internal'), 'upstream.outcome_unknown'],
    [
      'a read was refused for good',
      read,
      failing('upstream.rejected', { dispatched: 'yes' }),
      'upstream.rejected',
    ],
  ] as const) {
    it(`keeps the failure where ${what}`, async () => {
      const { hold, told } = noting();
      await carryOut(call, hold, next);
      const [, outcome] = told;
      assert.ok(typeof outcome === 'object' && outcome.kind === 'failed');
      assert.equal(outcome.problem.code, kept);
      assert.notEqual(outcome.problem.extensions.dispatched, 'no');
    });
  }
});
