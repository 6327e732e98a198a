import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  allowedResponseExample,
  deniedResponseExample,
  type EvaluationResponse,
  guardDeniedResponseExample,
  limitedResponseExample,
  type Obligation,
} from '@4runr/contracts/decision';

import { ProblemError } from '@4runr/service-kit/errors';
import { validated } from '../../test/fixtures/calls.ts';
import type { CallContext, PolicyClient } from '../mesh/policy-client.ts';
import { authorize } from './authorize.ts';

function setUp(answer: EvaluationResponse | Error = allowedResponseExample) {
  const asked: { agent: string; scope: string; context: CallContext }[] = [];
  const events: string[] = [];
  const policy: PolicyClient = {
    evaluate: async (agent, scope, context) => {
      asked.push({ agent: agent.id, scope, context });
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const kit = { reportSecurityEvent: (event: string) => void events.push(event) };
  return { asked, events, step: authorize({ kit, policy }) };
}

describe('authorize', () => {
  it('asks policy about exactly this call, and gives the permit that comes with the decision', async () => {
    const { asked, step } = setUp();
    const call = validated({ intent: 'lead_discovery' });
    const permitted = await step(call);
    const { callId, params, facts, requestBytes, intent } = call;
    const context = { callId, params, facts, requestBytes, intent, dryRun: false };
    assert.deepEqual(asked, [{ agent: 'agt_1', scope: 'web:fetch', context }]);
    assert.equal(permitted.call, call);
    assert.equal(permitted.permit, allowedResponseExample.context.permit);
  });

  it('notes the decision and the time that it took, also of a denial', async () => {
    const call = validated();
    await assert.rejects(async () => setUp(deniedResponseExample).step(call));
    assert.equal(call.observed.decisionId, deniedResponseExample.context.decisionId);
    assert.ok((call.observed.timings.policy ?? -1) >= 0);
  });

  it('does not ask about what the token does not carry', async () => {
    const { asked, events, step } = setUp();
    const { agent } = validated();
    const call = validated({ agent: { ...agent, scopes: ['mail:*', 'web:constructor'] } });
    await assert.rejects(
      async () => step(call),
      (error: ProblemError) => error.code === 'scope.insufficient',
    );
    assert.deepEqual([asked, events], [[], ['authorization_violation']]);
  });

  it('tells of a denial the rule that decided, what all would have been needed, and the decision', async () => {
    const { events, step } = setUp(guardDeniedResponseExample);
    await assert.rejects(
      async () => step(validated()),
      ({ code, detail, extensions }: ProblemError) => {
        assert.equal(code, 'policy.denied');
        assert.match(detail ?? '', /Agent-Intent to be one of: .* every url to be at one of: /);
        assert.deepEqual(extensions, {
          reason: 'intent',
          decisionId: guardDeniedResponseExample.context.decisionId,
        });
        return true;
      },
    );
    assert.deepEqual(events, ['authorization_violation']);
  });

  it('tells of a quota that is used up when to try again, and reports nobody for it', async () => {
    const { events, step } = setUp(limitedResponseExample);
    const call = validated();
    const { decisionId, quota, reasons, retryAfterSeconds } = limitedResponseExample.context;
    await assert.rejects(
      async () => step(call),
      ({ code, status, detail, headers, extensions }: ProblemError) => {
        assert.deepEqual([code, status, detail], ['quota.exceeded', 429, reasons[0]?.detail]);
        assert.deepEqual(headers, { 'Retry-After': String(retryAfterSeconds) });
        assert.deepEqual(extensions, { reason: 'quota', decisionId });
        return true;
      },
    );
    assert.deepEqual([events, call.observed.quota], [[], quota]);
  });

  it('believes a denial even with a permit, and no allowance without one', async () => {
    const { permit: _permit, ...unpermitted } = allowedResponseExample.context;
    const rows: [EvaluationResponse, string][] = [
      [{ ...allowedResponseExample, decision: false }, 'policy.denied'],
      [{ ...allowedResponseExample, context: unpermitted }, 'policy.unavailable'],
    ];
    for (const [answer, code] of rows) {
      await assert.rejects(
        async () => setUp(answer).step(validated()),
        (error: ProblemError) => error.code === code,
      );
    }
  });

  const notToBeKept: Record<string, Obligation> = {
    'of a type that nobody knows': { type: 'shred' } as unknown as Obligation,
    'to a pattern that nobody can try': { type: 'block', patterns: ['(a)\\1'] },
  };
  for (const [name, obligation] of Object.entries(notToBeKept)) {
    it(`permits nothing with an obligation ${name}`, async () => {
      const { context } = allowedResponseExample;
      const answer = { decision: true, context: { ...context, obligations: [obligation] } };
      await assert.rejects(
        async () => setUp(answer).step(validated()),
        (error: ProblemError) => error.code === 'policy.unavailable',
      );
    });
  }

  it('without a decision there is no call', async () => {
    const failure = new ProblemError('policy.unavailable');
    await assert.rejects(async () => setUp(failure).step(validated()), failure);
  });
});
