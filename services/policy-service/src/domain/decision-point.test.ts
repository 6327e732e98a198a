import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  deniedRequestExample,
  dryRunRequestExample,
  evaluationRequestExample,
  isAdapterObligation,
  obligationExamples,
  type QuotaClaim,
  quotaClaimExample,
} from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { compilePolicies } from '@4runr/policy-engine';
import { ProblemError } from '@4runr/service-kit/errors';
import { createTestPoint } from '../../test/fixtures/test-point.ts';
import { allowEverything, createDecisionPoint, type Decide, decideByPolicies } from './decision-point.ts';

const by = (...documents: Policy[]) => ({
  current: () => ({ revision: '7', policies: compilePolicies(documents) }),
});
const denyEverything = decideByPolicies(by());

const allowWithin =
  (...quotas: QuotaClaim[]): Decide =>
  () => ({ ...allowEverything(), quotas });

describe('FF_POLICY=off', () => {
  it('allows what no policy does, still with a permit and a record, and says why', async () => {
    const { ask, records } = createTestPoint();
    const { decision, context } = await ask(deniedRequestExample);
    assert.equal(decision, true);
    assert.equal(context.permit, `permit of ${context.decisionId}`);
    assert.equal(context.reasons[0]?.rule, 'policy_off');
    assert.equal(records.get(deniedRequestExample.context.callId)?.decision, 'allowed');
  });
});

describe('createDecisionPoint', () => {
  it('issues no permit for a call that is denied, and records the denial', async () => {
    const { ask, records, permits } = createTestPoint(denyEverything);
    assert.equal((await ask(deniedRequestExample)).decision, false);
    assert.deepEqual(permits, []);
    assert.equal(records.get(deniedRequestExample.context.callId)?.decision, 'denied');
  });

  it('issues no permit, takes nothing and records nothing in a dry run', async () => {
    const { ask, records, permits, taken } = createTestPoint(allowWithin(quotaClaimExample));
    const { decision, context } = await ask(dryRunRequestExample);
    assert.equal(decision, true);
    assert.deepEqual([records.size, permits, taken, context.recordedAt], [0, [], [], undefined]);
  });

  it('decides and records a replay, takes nothing for it and issues no permit, however often it is asked', async () => {
    const { ask, records, permits, taken } = createTestPoint(allowWithin(quotaClaimExample));
    const replay = {
      ...evaluationRequestExample,
      context: { ...evaluationRequestExample.context, replayOf: 'call_1' },
    };
    for (const { decision, context } of [await ask(replay), await ask(replay)]) {
      assert.deepEqual([decision, context.permit, context.quota], [true, undefined, []]);
    }
    const record = records.get(replay.context.callId);
    assert.deepEqual([record?.decision, record?.replayOf, permits, taken], ['allowed', 'call_1', [], []]);
    await assert.rejects(ask(evaluationRequestExample), { code: 'conflict' });
  });

  it('takes nothing of a call that no permit can be made for', async () => {
    const taken: unknown[] = [];
    const ask = createDecisionPoint({
      decide: allowWithin(quotaClaimExample),
      issuePermit: () => {
        throw new ProblemError('service.unavailable');
      },
      record: async (...asked) => assert.fail(taken.push(asked) as unknown as Error),
      sealFacts: () => 'sealed',
    });
    await assert.rejects(ask(evaluationRequestExample), { code: 'service.unavailable' });
    assert.deepEqual(taken, []);
  });

  it('answers a question that is repeated with the first decision, permitted anew', async () => {
    const { ask, permits } = createTestPoint();
    const first = await ask(evaluationRequestExample);
    assert.deepEqual(await ask(evaluationRequestExample), first);
    assert.equal(permits.at(-1), first.context.decisionId);
  });

  it('permits no other call under the id of one that was allowed', async () => {
    const { subject, action, resource, context } = evaluationRequestExample;
    const others = [
      { context: { ...context, params: { q: 'another' } } },
      { subject: { ...subject, id: 'agt_2' } },
      { subject: { ...subject, properties: { ...subject.properties, role: 'enricher' } } },
      {
        subject: {
          ...subject,
          properties: { ...subject.properties, act: { id: 'agt_2', role: 'enricher' } },
        },
      },
      { action: { name: 'serpapi:other' } },
    ];
    for (const change of others) {
      const { ask } = createTestPoint();
      await ask(evaluationRequestExample);
      await assert.rejects(ask({ subject, action, resource, context, ...change }), { code: 'conflict' });
    }
  });

  it('gives every decision an id of its own', async () => {
    const { ask } = createTestPoint();
    const ids = [await ask(dryRunRequestExample), await ask(dryRunRequestExample)];
    assert.equal(new Set(ids.map(({ context }) => context.decisionId)).size, 2);
  });
});

describe('quotas', () => {
  const tokens: QuotaClaim = { ...quotaClaimExample, cost: 'tokens' };
  const usd: QuotaClaim = { ...quotaClaimExample, cost: 'usd' };
  const withCosts = (costs: object) => ({
    ...evaluationRequestExample,
    context: { ...evaluationRequestExample.context, costs },
  });

  it('count one call, and of costs the most that the call may use', async () => {
    const { ask, taken } = createTestPoint(allowWithin(quotaClaimExample, tokens, usd));
    await ask(withCosts({ tokens: 700, usdMicros: 12 }));
    assert.deepEqual(
      taken.map(({ claim, amount }) => [claim.cost, amount]),
      [
        ['calls', 1],
        ['tokens', 700],
        ['usd', 12],
      ],
    );
  });

  for (const claim of [tokens, usd]) {
    it(`deny a call of which nobody says how many ${claim.cost} it may use, and take nothing`, async () => {
      const { ask, taken, permits } = createTestPoint(allowWithin(quotaClaimExample, claim));
      const { decision, context } = await ask(evaluationRequestExample);
      assert.deepEqual([decision, context.reasons[0]?.rule, taken, permits], [false, 'quota', [], []]);
    });
  }
});

describe('decideByPolicies', () => {
  const policy: Policy = {
    name: 'searching',
    subjects: { roles: ['scraper'] },
    allow: ['serpapi:search'],
    guards: { maxRequestBytes: 21, when: 'params.q == "opening hours"' },
    schedule: { timezone: 'UTC', days: ['mon'], from: '09:00', to: '10:00' },
  };
  const ask = async (context: object, now = '2026-03-02T09:00:00Z') => {
    const decide = decideByPolicies(by(policy), () => new Date(now));
    const { decision, context: answer } = await createTestPoint(decide).ask({
      ...evaluationRequestExample,
      context: { ...evaluationRequestExample.context, ...context },
    });
    return [decision, answer.reasons[0]?.rule];
  };

  it('answers with every obligation on the answer, and records them', async () => {
    const policy: Policy = {
      name: 'searching',
      subjects: { roles: ['scraper'] },
      allow: ['serpapi:search'],
      guards: {
        maxResponseBytes: 1,
        pii: { detect: ['ssn'], on: 'response', effect: 'redact' },
      },
      response: { redact: ['token'], truncate: { content: 1 }, block: ['secret'] },
    };
    const { ask, records } = createTestPoint(decideByPolicies(by(policy)));
    const { decision, context } = await ask(evaluationRequestExample);
    const types = obligationExamples.filter((each) => !isAdapterObligation(each)).map(({ type }) => type);
    assert.deepEqual([decision, context.obligations.map(({ type }) => type)], [true, types]);
    assert.deepEqual(records.get(evaluationRequestExample.context.callId)?.obligations, context.obligations);
  });

  it('looks at the parameters, the length of the body and the clock', async () => {
    assert.deepEqual(await ask({}), [true, 'allow']);
    assert.deepEqual(await ask({ params: { q: 'another' } }), [false, 'when']);
    assert.deepEqual(await ask({ requestBytes: 22 }), [false, 'request_bytes']);
    assert.deepEqual(await ask({}, '2026-03-02T10:00:00Z'), [false, 'schedule']);
  });

  it('records what a verdict was reached by, so that it can be reached again', async () => {
    const now = new Date('2026-03-02T09:00:00Z');
    const { ask: put, records } = createTestPoint(decideByPolicies(by(policy), () => now));
    const costs = { tokens: 700 };
    await put({ ...evaluationRequestExample, context: { ...evaluationRequestExample.context, costs } });
    const { readings, ...basis } = records.get(evaluationRequestExample.context.callId)?.basis ?? {};
    assert.deepEqual(basis, { revision: '7', at: now.toISOString(), costs });
    assert.deepEqual(Object.values(readings?.conditions ?? {}), [true]);
  });

  it('records that nothing bounds the costs of a call, so that no replay takes it for not recorded', async () => {
    const { ask: put, records } = createTestPoint(decideByPolicies(by(policy)));
    await put(evaluationRequestExample);
    assert.deepEqual(records.get(evaluationRequestExample.context.callId)?.basis?.costs, {});
  });
});
