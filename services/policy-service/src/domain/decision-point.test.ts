import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  deniedRequestExample,
  dryRunRequestExample,
  evaluationRequestExample,
} from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { compilePolicies } from '@4runr/policy-engine';
import { allowEverything, createDecisionPoint, decideByPolicies } from './decision-point.ts';

describe('FF_POLICY=off', () => {
  it('allows what no policy does, still with a permit, and says why', () => {
    const decisionPoint = createDecisionPoint({ decide: allowEverything, issuePermit: () => 'permit' });
    const { decision, context } = decisionPoint(deniedRequestExample);
    assert.equal(decision, true);
    assert.equal(context.permit, 'permit');
    assert.equal(context.reasons[0]?.rule, 'policy_off');
  });
});

describe('createDecisionPoint', () => {
  const noPermit = () => assert.fail('a permit was issued');

  it('issues no permit for a call that is denied', () => {
    const decide = decideByPolicies({ current: () => compilePolicies([]) });
    assert.equal(
      createDecisionPoint({ decide, issuePermit: noPermit })(deniedRequestExample).decision,
      false,
    );
  });

  it('issues no permit in a dry run', () => {
    const ask = createDecisionPoint({ decide: allowEverything, issuePermit: noPermit });
    assert.equal(ask(dryRunRequestExample).decision, true);
  });

  it('gives every decision an id of its own', () => {
    const ask = createDecisionPoint({ decide: allowEverything, issuePermit: noPermit });
    assert.notEqual(
      ask(dryRunRequestExample).context.decisionId,
      ask(dryRunRequestExample).context.decisionId,
    );
  });
});

describe('decideByPolicies', () => {
  const policy: Policy = {
    name: 'searching',
    subjects: { roles: ['scraper'] },
    allow: ['serpapi:search'],
    guards: { maxRequestBytes: 21, when: 'params.q == "opening hours"' },
    schedule: { timezone: 'UTC', days: ['mon'], from: '09:00', to: '10:00' },
  };
  const ask = (context: object, now = '2026-03-02T09:00:00Z') => {
    const decide = decideByPolicies({ current: () => compilePolicies([policy]) }, () => new Date(now));
    const request = {
      ...evaluationRequestExample,
      context: { ...evaluationRequestExample.context, ...context },
    };
    const { decision, context: answer } = createDecisionPoint({ decide, issuePermit: () => 'p' })(request);
    return [decision, answer.reasons[0]?.rule];
  };

  it('looks at the parameters, the length of the body and the clock', () => {
    assert.deepEqual(ask({}), [true, 'allow']);
    assert.deepEqual(ask({ params: { q: 'another' } }), [false, 'when']);
    assert.deepEqual(ask({ requestBytes: 22 }), [false, 'request_bytes']);
    assert.deepEqual(ask({}, '2026-03-02T10:00:00Z'), [false, 'schedule']);
  });
});
