import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callDecisionExample } from '@4runr/contracts/audit';
import { compilePolicies } from '@4runr/policy-engine';
import { type PastDecision, parsePastDecision } from './past-decision.ts';
import { replayCall } from './replay-call.ts';

const { role, tool, action } = callDecisionExample;
const assumed = compilePolicies([
  {
    name: 'limited',
    subjects: { roles: [role] },
    allow: [`${tool}:${action}`],
    quotas: [{ scope: `${tool}:${action}`, limit: 1, window: '1h' }],
  },
]);
const policies = { assumed, active: compilePolicies([]) };
const nothingSealed = () => assert.fail('nothing was sealed');

function past(change: Partial<PastDecision>): PastDecision {
  const parsed = parsePastDecision({ ...callDecisionExample, quota: [], ...change });
  assert.ok(parsed);
  return parsed;
}

describe('a call that was answered by what had come of an earlier one', () => {
  it('asks no quota in a replay of policies, as it asked none then; another call would', () => {
    const replay = replayCall(past({ replayOf: 'call_1' }), policies, nothingSealed);
    assert.equal(replay.isCertain && replay.verdict.decision, 'allowed');
    assert.equal(replayCall(past({}), policies, nothingSealed).isCertain, false);
  });
});
