import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as decision from './index.ts';

describe('examples of the decision contract', () => {
  const rows = [
    ['request', decision.evaluationRequestSchema, decision.evaluationRequestExample],
    ['dry run', decision.evaluationRequestSchema, decision.dryRunRequestExample],
    ['request of an acting agent', decision.evaluationRequestSchema, decision.actorRequestExample],
    ['request to be denied', decision.evaluationRequestSchema, decision.deniedRequestExample],
    ['allowing answer', decision.evaluationResponseSchema, decision.allowedResponseExample],
    ['allowing answer with obligations', decision.evaluationResponseSchema, decision.obligedResponseExample],
    ['denying answer', decision.evaluationResponseSchema, decision.deniedResponseExample],
    ['denial of an acting agent', decision.evaluationResponseSchema, decision.actorDeniedResponseExample],
    ['denial by guards', decision.evaluationResponseSchema, decision.guardDeniedResponseExample],
    ['denial by a quota', decision.evaluationResponseSchema, decision.limitedResponseExample],
    ['answer with quotas', decision.evaluationResponseSchema, decision.countedResponseExample],
    ['quota claim', decision.quotaClaimSchema, decision.quotaClaimExample],
    ['quota state', decision.quotaStateSchema, decision.quotaStateExample],
    ['batch', decision.evaluationsRequestSchema, decision.evaluationsRequestExample],
    ['answer to a batch', decision.evaluationsResponseSchema, decision.evaluationsResponseExample],
    ['failing batch', decision.evaluationsResponseSchema, decision.failedEvaluationsResponseExample],
    ['configuration', decision.authzenConfigurationSchema, decision.authzenConfigurationExample],
  ] as const;
  for (const [name, schema, example] of rows) {
    it(`${name}: the example passes its schema unchanged`, () => {
      assert.deepEqual(schema.parse(example), example);
    });
  }
});

/** A chain of acting agents. */
function chainOf(length: number): decision.ActingAgent {
  const agent = { id: `agt_${length}`, role: 'scraper' };
  return length === 1 ? agent : { ...agent, act: chainOf(length - 1) };
}

describe('evaluationRequestSchema', () => {
  const request = decision.evaluationRequestExample;
  const withProperties = (properties: object) => ({ subject: { ...request.subject, properties } });
  const rows = {
    'a subject that is no agent': { subject: { ...request.subject, type: 'operator' } },
    'a subject of which it is not said whether somebody acts for it': withProperties({ role: 'scraper' }),
    'an acting agent without a role': withProperties({ role: 'scraper', act: { id: 'agt_2' } }),
    'more than three acting agents': withProperties({ role: 'scraper', act: chainOf(4) }),
    'a wildcard as the action': { action: { name: 'serpapi:*' } },
    'an action of another tool': { resource: { type: 'tool', id: 'openai' } },
    'a kind of fact that nobody knows': {
      context: { ...request.context, facts: { ...request.context.facts, phone: [] } },
    },
    'a missing kind of fact': { context: { ...request.context, facts: { url: [], model: [] } } },
    'parameters that are no object': { context: { ...request.context, params: [] } },
  };
  for (const [name, change] of Object.entries(rows)) {
    it(`refuses ${name}`, () => {
      assert.equal(decision.evaluationRequestSchema.safeParse({ ...request, ...change }).success, false);
    });
  }
});

describe('actingAgentSchema', () => {
  it('takes three agents that act for one another, and lists them from the present one on', () => {
    const chain = decision.actingAgentSchema.parse(chainOf(3));
    assert.deepEqual(
      decision.actingAgentsOf(chain).map(({ id }) => id),
      ['agt_3', 'agt_2', 'agt_1'],
    );
  });

  it('refuses a chain of any length that a body can hold', () => {
    assert.equal(decision.actingAgentSchema.safeParse(chainOf(100)).success, false);
  });
});

describe('obligationSchema', () => {
  it('has an example of every type, which passes unchanged', () => {
    const types = decision.obligationSchema.options.map(({ shape }) => shape.type.value);
    assert.deepEqual(
      decision.obligationExamples.map(({ type }) => type),
      types,
    );
    for (const example of decision.obligationExamples) {
      assert.deepEqual(decision.obligationSchema.parse(example), example);
    }
  });

  const refused: Record<string, object> = {
    'a type that nobody knows, rather than let it go unkept': { type: 'pray' },
    'a member that nobody knows': { type: 'maxResponseBytes', bytes: 1, unit: 'kB' },
    'a path that is none': { type: 'redact', paths: ['a..b'] },
  };
  for (const [name, obligation] of Object.entries(refused)) {
    it(`refuses ${name}`, () => {
      assert.equal(decision.obligationSchema.safeParse(obligation).success, false);
    });
  }
});

describe('adapterObligationSchema', () => {
  it('takes only what adapters carry out: permits say nothing about answers', () => {
    const taken = decision.obligationExamples.filter(
      (obligation) => decision.adapterObligationSchema.safeParse(obligation).success,
    );
    assert.deepEqual(taken, decision.obligationExamples.filter(decision.isAdapterObligation));
    assert.deepEqual(
      taken.map(({ type }) => type),
      ['domains', 'maxCost'],
    );
  });
});

describe('questionsOf', () => {
  const { questionsOf } = decision;
  const [subject, other] = [{ id: 'a', properties: { role: 'x' } }, { id: 'b' }];

  it('fills in what a question lacks, and merges nothing', () => {
    assert.deepEqual(questionsOf({ subject, action: 1, evaluations: [{ subject: other }, { action: 2 }] }), [
      { subject: other, action: 1 },
      { subject, action: 2 },
    ]);
  });

  it('leaves what is no question as it is', () => {
    assert.deepEqual(questionsOf({ subject, evaluations: [null, 5, []] }), [null, 5, []]);
  });

  it('finds none where the body is itself a question', () => {
    assert.deepEqual(questionsOf({ subject }), []);
    assert.deepEqual(questionsOf({ subject, evaluations: [] }), []);
  });
});
