import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allowedResponseExample, type Obligation } from '@4runr/contracts/decision';
import type { ProblemError } from '@4runr/service-kit/errors';
import { mail, resolved, validated } from '../../test/fixtures/calls.ts';
import type { FilterVerdict } from '../domain/answer/filter-answer.ts';
import type { CompletedCall, ValidatedCall } from '../domain/call.ts';
import { authorize } from './authorize.ts';
import { filter } from './filter.ts';
import type { ForwardedCall } from './forward.ts';

const redacting: Obligation[] = [{ type: 'redact', paths: ['token'] }];

async function forwarded(call: ValidatedCall, obligations: Obligation[]): Promise<ForwardedCall> {
  const { context } = allowedResponseExample;
  const step = authorize({
    kit: { reportSecurityEvent: () => {} },
    policy: { evaluate: async () => ({ decision: true, context: { ...context, obligations } }) },
  });
  return { permitted: await step(call), unfiltered: { token: 'secret' } };
}

const answering = (verdict: FilterVerdict) => filter({ filterAnswer: async () => verdict });

describe('filter', () => {
  it('hands on what comes out of the rules', async () => {
    const step = answering({ kind: 'passed', answer: 'filtered' });
    assert.deepEqual(await step(await forwarded(validated(), redacting)), { result: 'filtered' });
  });

  it('does nothing where the answer is nobody’s concern but the adapter’s', async () => {
    const step = filter({ filterAnswer: () => assert.fail('is not asked') });
    const call = await forwarded(validated(), [{ type: 'domains', allow: ['example.com'], deny: [] }]);
    assert.deepEqual(await step(call), { result: call.unfiltered });
  });

  const rows: [verdict: FilterVerdict, code: string, reason: string][] = [
    [{ kind: 'blocked', by: 'pattern' }, 'response.blocked', 'pattern'],
    [{ kind: 'blocked', by: 'pii' }, 'response.blocked', 'pii'],
    [{ kind: 'unfinished' }, 'response.blocked', 'unchecked'],
    [{ kind: 'too_large' }, 'response.too_large', 'max_response_bytes'],
  ];
  for (const [verdict, code, reason] of rows) {
    it(`says of ${code} by ${reason} that the call was carried out, an effect included`, async () => {
      const sending = validated({ ...resolved(mail, 'send') });
      for (const [call, detail] of [
        [validated(), /^The call was carried out\. /],
        [sending, /what it does is done/],
      ] as const) {
        await assert.rejects(
          async () => answering(verdict)(await forwarded(call, redacting)),
          (error: ProblemError) => {
            assert.deepEqual([error.code, error.status], [code, 502]);
            const { decisionId } = allowedResponseExample.context;
            assert.deepEqual(error.extensions, { reason, dispatched: 'yes', decisionId });
            assert.match(error.detail ?? '', detail);
            return true;
          },
        );
      }
    });
  }

  it('cannot be left out: what was forwarded is no completed call', () => {
    // @ts-expect-error the answer is `unfiltered`, not a `result`
    const handOn: (call: ForwardedCall) => CompletedCall = (call) => call;
    assert.equal(typeof handOn, 'function');
  });
});
