import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deniedRequestExample, dryRunRequestExample } from '@4runr/contracts/decision';
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
