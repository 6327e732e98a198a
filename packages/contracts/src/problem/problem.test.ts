import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isProblemCode,
  type ProblemCode,
  problemCodes,
  problemKinds,
  problemSchema,
  toProblem,
} from './index.ts';

/** The error codes of the API, by status: other people's scripts rely on them. */
const published: Record<number, string> = {
  400: 'request.invalid',
  401: 'token.missing token.invalid token.expired token.revoked',
  403: 'scope.insufficient policy.denied target.forbidden',
  404: 'tool.unknown action.unknown agent.unknown policy.unknown job.unknown route.unknown',
  405: 'method.unsupported',
  408: 'request.timeout',
  409: 'conflict idempotency.conflict idempotency.in_progress',
  412: 'precondition.failed',
  413: 'body.too_large',
  415: 'media_type.unsupported',
  422: 'params.invalid',
  428: 'precondition.required',
  429: 'quota.exceeded rate.limited jobs.limited',
  431: 'headers.too_large',
  500: 'internal',
  502: 'upstream.failed upstream.rejected upstream.outcome_unknown response.blocked response.too_large',
  503: 'breaker.open overload.shed policy.unavailable service.unavailable',
  504: 'upstream.timeout',
};

describe('the table of problems', () => {
  it('holds exactly the published codes with their statuses', () => {
    const table: Record<number, string> = {};
    for (const code of problemCodes) {
      const { status } = problemKinds[code];
      table[status] = table[status] === undefined ? code : `${table[status]} ${code}`;
    }
    assert.deepEqual(table, published);
  });

  it('never calls a failure retryable that may have had an effect', () => {
    assert.equal(problemKinds['upstream.outcome_unknown'].retryable, false);
  });

  for (const code of problemCodes) {
    it(`${code} makes a document that fits its schema`, () => {
      const problem = toProblem(code, { detail: 'why', traceId: 'a'.repeat(32) });
      assert.deepEqual(problemSchema.parse(problem), problem);
    });
  }

  it('knows no code that it only inherits', () => {
    assert.equal(isProblemCode('toString'), false);
    assert.equal(isProblemCode('internal' satisfies ProblemCode), true);
  });
});
