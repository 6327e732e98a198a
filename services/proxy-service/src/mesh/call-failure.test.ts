import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapterFailureExamples, adapterRefusalExamples } from '@4runr/contracts/call';
import { type Problem, toProblem } from '@4runr/contracts/problem';
import { ServiceCallError, type ServiceResponse } from '@4runr/service-kit/client';
import { AdapterFailure, lostAnswer, toCallFailure } from './call-failure.ts';

function answerOf(problem: Problem, headers: Record<string, string> = {}): ServiceResponse {
  const type = { 'content-type': 'application/problem+json' };
  return { status: problem.status, headers: { ...type, ...headers }, body: problem };
}

const effects = ['read', 'idempotent', 'effect'] as const;

describe('a failure of the call', () => {
  for (const problem of adapterFailureExamples) {
    it(`is passed on with all that the agent may know: ${problem.code}`, () => {
      const { code, detail, extensions } = toCallFailure(answerOf(problem), 'read');
      const { errors, reason, dispatched, upstreamStatus } = problem;
      assert.deepEqual([code, detail], [problem.code, problem.detail]);
      const expected = Object.entries({ errors, reason, dispatched, upstreamStatus });
      assert.deepEqual(extensions, Object.fromEntries(expected.filter(([, value]) => value !== undefined)));
    });
  }

  it('keeps the provider’s own code for operators', () => {
    const told = { dispatched: 'yes', upstreamStatus: 400, upstreamCode: 'INVALID_ARGUMENT' } as const;
    const failure = toCallFailure(answerOf(toProblem('upstream.rejected', { extensions: told })), 'read');
    assert.ok(failure.cause instanceof AdapterFailure);
    assert.equal(failure.cause.upstreamCode, 'INVALID_ARGUMENT');
    assert.equal(failure.extensions.upstreamCode, undefined);
  });

  const retryAfter: Readonly<Record<string, [header: string, told: string | undefined]>> = {
    'in seconds is passed on': ['7', '7'],
    'of years is not': ['99999999', undefined],
    'that is none is not': ['soon', undefined],
  };
  for (const [guarantee, [header, told]] of Object.entries(retryAfter)) {
    it(`a Retry-After ${guarantee}`, () => {
      const failed = answerOf(toProblem('upstream.failed'), { 'retry-after': header });
      assert.equal(toCallFailure(failed, 'read').headers['Retry-After'], told);
    });
  }
});

describe('a refusal that is about the mesh', () => {
  for (const problem of adapterRefusalExamples) {
    it(`never reaches the agent: ${problem.code}`, () => {
      for (const effect of effects) {
        const { code, detail, extensions } = toCallFailure(answerOf(problem), effect);
        assert.deepEqual(
          [code, detail, extensions],
          ['service.unavailable', 'The tool cannot be used now.', { dispatched: 'no' }],
        );
      }
    });
  }
});

describe('an effect of which nobody knows whether it happened', () => {
  const rows: Readonly<Record<string, [problem: Problem, code: string]>> = {
    'no answer in time, and perhaps sent': [
      toProblem('upstream.timeout', { extensions: { dispatched: 'maybe' } }),
      'upstream.outcome_unknown',
    ],
    'an answer too large to be read': [
      toProblem('response.too_large', { extensions: { dispatched: 'yes' } }),
      'upstream.outcome_unknown',
    ],
    'a failure without a status of the provider, and nothing said about what was sent': [
      toProblem('upstream.failed'),
      'upstream.outcome_unknown',
    ],
    'a failure inside the adapter after it had sent': [
      toProblem('internal', { extensions: { dispatched: 'yes' } }),
      'upstream.outcome_unknown',
    ],
    'a refusal after it had sent': [
      toProblem('policy.denied', { extensions: { dispatched: 'maybe' } }),
      'upstream.outcome_unknown',
    ],
    'not so: the provider answered that it had failed': [
      toProblem('upstream.failed', { extensions: { dispatched: 'yes', upstreamStatus: 503 } }),
      'upstream.failed',
    ],
    'not so: nothing was sent': [
      toProblem('upstream.timeout', { extensions: { dispatched: 'no' } }),
      'upstream.timeout',
    ],
    'not so: the provider refused': [
      toProblem('upstream.rejected', { extensions: { dispatched: 'yes', upstreamStatus: 400 } }),
      'upstream.rejected',
    ],
  };
  for (const [guarantee, [problem, code]] of Object.entries(rows)) {
    it(`${guarantee}: ${code}`, () => {
      assert.equal(toCallFailure(answerOf(problem), 'effect').code, code);
      assert.notEqual(toCallFailure(answerOf(problem), 'read').code, 'upstream.outcome_unknown');
    });
  }
});

describe('an answer that is lost', () => {
  const timeout = new ServiceCallError('adapter-mail', 'timeout', { dispatched: 'maybe' });
  const broken = new ServiceCallError('adapter-mail', 'unreachable', { dispatched: 'maybe' });
  it('leaves an effect unknown, and a read or what may be repeated failed', () => {
    const codes = [timeout, broken].map((cause) => effects.map((effect) => lostAnswer(effect, cause).code));
    assert.deepEqual(codes, [
      ['upstream.timeout', 'upstream.timeout', 'upstream.outcome_unknown'],
      ['upstream.failed', 'upstream.failed', 'upstream.outcome_unknown'],
    ]);
  });
});
