import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as decision from './index.ts';

describe('examples of the decision contract', () => {
  const rows = [
    ['request', decision.evaluationRequestSchema, decision.evaluationRequestExample],
    ['dry run', decision.evaluationRequestSchema, decision.dryRunRequestExample],
    ['request to be denied', decision.evaluationRequestSchema, decision.deniedRequestExample],
    ['allowing answer', decision.evaluationResponseSchema, decision.allowedResponseExample],
    ['allowing answer with obligations', decision.evaluationResponseSchema, decision.obligedResponseExample],
    ['denying answer', decision.evaluationResponseSchema, decision.deniedResponseExample],
    ['denial by guards', decision.evaluationResponseSchema, decision.guardDeniedResponseExample],
    ['configuration', decision.authzenConfigurationSchema, decision.authzenConfigurationExample],
  ] as const;
  for (const [name, schema, example] of rows) {
    it(`${name}: the example passes its schema unchanged`, () => {
      assert.deepEqual(schema.parse(example), example);
    });
  }
});

describe('evaluationRequestSchema', () => {
  const request = decision.evaluationRequestExample;
  const rows = {
    'a subject that is no agent': { subject: { ...request.subject, type: 'operator' } },
    'an acting agent, which nothing understands yet': {
      subject: { ...request.subject, properties: { role: 'scraper', act: { id: 'agt_2' } } },
    },
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

describe('obligationSchema', () => {
  it('refuses a type that nobody knows, rather than let it go unkept', () => {
    assert.equal(decision.obligationSchema.safeParse({ type: 'redact', paths: [] }).success, false);
  });
});
