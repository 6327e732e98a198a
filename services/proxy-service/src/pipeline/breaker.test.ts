import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProblemCode, ProblemExtensions } from '@4runr/contracts/problem';
import { ProblemError } from '@4runr/service-kit/errors';
import { ClientGoneError } from '../domain/call.ts';
import { AdapterFailure } from '../mesh/call-failure.ts';
import { evidenceOf } from './breaker.ts';

const problem = (code: ProblemCode, extensions: ProblemExtensions = {}) =>
  new ProblemError(code, { extensions });

describe('a failure says of the provider', () => {
  const rows: Readonly<Record<string, readonly unknown[]>> = {
    fails: [
      problem('upstream.failed', { dispatched: 'yes', upstreamStatus: 500 }),
      problem('upstream.failed', { dispatched: 'no' }),
      problem('upstream.timeout', { dispatched: 'maybe' }),
      problem('upstream.outcome_unknown', { dispatched: 'maybe' }),
      problem('service.unavailable', { dispatched: 'no' }),
    ],
    lives: [
      problem('upstream.rejected', { dispatched: 'yes', upstreamStatus: 400 }),
      problem('upstream.rejected', { dispatched: 'yes', upstreamStatus: 401 }),
      problem('upstream.failed', { dispatched: 'yes', upstreamStatus: 429 }),
      problem('response.too_large', { dispatched: 'yes' }),
    ],
    none: [
      problem('params.invalid', { dispatched: 'no' }),
      problem('target.forbidden', { dispatched: 'no' }),
      problem('overload.shed', { dispatched: 'no' }),
      problem('internal'),
      new ProblemError('service.unavailable', {
        cause: new AdapterFailure(new Error('the adapter answered 401'), undefined),
        extensions: { dispatched: 'no' },
      }),
      new ClientGoneError(),
      new TypeError('a bug'),
    ],
  };
  for (const [evidence, errors] of Object.entries(rows))
    it(`that it ${evidence === 'none' ? 'may do anything' : evidence}`, () => {
      for (const error of errors) assert.equal(evidenceOf(error, false), evidence, String(error));
    });

  it('nothing where its caller was in a hurry', () => {
    for (const code of ['upstream.timeout', 'upstream.outcome_unknown'] as const)
      assert.equal(evidenceOf(problem(code, { dispatched: 'maybe' }), true), 'none');
    assert.equal(evidenceOf(problem('upstream.failed'), true), 'fails');
  });
});
