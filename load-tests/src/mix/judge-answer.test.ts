import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Answer, judgeAnswer } from './judge-answer.ts';
import type { PlannedCall } from './planned-call.ts';

const search: PlannedCall = {
  kind: 'first',
  role: 'scraper',
  agent: 0,
  call: 'serpapi/search',
  params: {},
  waitSeconds: 12,
};
const probe: PlannedCall = { ...search, kind: 'probe', refusedAs: 'policy.denied' };
const statuses = { 'policy.denied': 403, 'breaker.open': 503, 'target.forbidden': 403 };
const correlationId = 'a'.repeat(32);
const found = { data: { organic_results: [{ position: 1 }] }, meta: { cache: 'miss', attempts: 1 } };

function answer(status: number, document: unknown, other: Partial<Answer> = {}): Answer {
  return { status, body: JSON.stringify(document), correlationId, error: '', ...other };
}

const verdictOf = (call: PlannedCall, given: Answer) => judgeAnswer(call, given, statuses).verdict;

describe('judgeAnswer', () => {
  it('allows a 200 with what the tool answers, and tells what the cache did', () => {
    const judgement = judgeAnswer(search, answer(200, found), statuses);
    assert.deepEqual(judgement, { verdict: 'allowed', outcome: '200', cache: 'miss', attempts: '1' });
  });

  it('counts a probe as denied only when it was refused by its own code', () => {
    assert.equal(verdictOf(probe, answer(403, { code: 'policy.denied' })), 'denied');
    assert.equal(verdictOf(probe, answer(403, { code: 'target.forbidden' })), 'failed');
    assert.equal(verdictOf(probe, answer(503, { code: 'breaker.open' })), 'failed');
  });

  it('never counts a failure as a success, coded or not', () => {
    assert.equal(verdictOf(search, answer(503, { code: 'breaker.open' })), 'failed');
    assert.equal(verdictOf(search, answer(403, { code: 'policy.denied' })), 'failed');
  });

  const broken: Record<string, [PlannedCall, Answer]> = {
    'no answer at all': [search, answer(0, null)],
    'a probe that was allowed': [probe, answer(200, found)],
    'a 200 of another tool': [search, answer(200, { ...found, data: { id: 'mail' } })],
    'a 200 without results': [search, answer(200, { ...found, data: { organic_results: [] } })],
    'a 200 that says nothing of the cache': [search, answer(200, { data: found.data })],
    'a 200 that is no JSON': [search, answer(200, null, { body: '<html>' })],
    'an error without a code': [search, answer(502, { message: 'bad gateway' })],
    'a code that section 8 does not name': [search, answer(503, { code: 'weather.bad' })],
    'a code with another status than its own': [search, answer(500, { code: 'breaker.open' })],
    'an answer that cannot be traced': [search, answer(200, found, { correlationId: undefined })],
  };
  for (const [what, [call, given]] of Object.entries(broken)) {
    it(`breaks a run by ${what}`, () => assert.equal(verdictOf(call, given), 'broken'));
  }
});
