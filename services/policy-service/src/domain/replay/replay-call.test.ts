import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callDecisionExample } from '@4runr/contracts/audit';
import type { Costs } from '@4runr/contracts/cost';
import type { Policy } from '@4runr/contracts/policy';
import { compilePolicies } from '@4runr/policy-engine';
import { type PastDecision, parsePastDecision } from './past-decision.ts';
import { type ReplayedPolicies, replayCall } from './replay-call.ts';

const { role, tool, action } = callDecisionExample;
const scope = `${tool}:${action}`;
const limitedBy = (...quotas: NonNullable<Policy['quotas']>) => ({
  assumed: compilePolicies([{ name: 'limited', subjects: { roles: [role] }, allow: [scope], quotas }]),
  active: compilePolicies([]),
});
const hourly = { scope, limit: 1, window: '1h' } as const;
const policies = limitedBy(hourly);
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

describe('a call that a quota of tokens or money is tried on', () => {
  const basis = { revision: '17', at: callDecisionExample.at };
  const replayWith = (costs: Costs | undefined, tried: ReplayedPolicies) => {
    const replayed = replayCall(past({ basis: { ...basis, costs } }), tried, nothingSealed);
    return replayed.isCertain ? replayed.verdict.decision : replayed.unknown;
  };
  const counting = limitedBy(hourly, { ...hourly, cost: 'tokens' });

  it('would have been denied where nothing bounded what it may use', () => {
    assert.equal(replayWith({}, counting), 'denied');
    assert.equal(replayWith({ tokens: 5 }, limitedBy({ ...hourly, cost: 'usd' })), 'denied');
  });

  it('is left open where that was not recorded yet, and only there', () => {
    assert.deepEqual(replayWith(undefined, counting), ['quota']);
    assert.equal(replayWith(undefined, limitedBy()), 'allowed');
  });
});
