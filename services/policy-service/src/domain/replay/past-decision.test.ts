import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { callDecisionExample, callOutcomeExample } from '@4runr/contracts/audit';
import type { Facts } from '@4runr/contracts/decision';
import { createFactsSealer } from '../facts-sealer.ts';
import { type PastDecision, parsePastDecision, toPastCall } from './past-decision.ts';

const sealer = createFactsSealer(randomBytes(32));
const factsOf = (facts: Partial<Facts>): Facts => ({ url: [], model: [], recipient: [], ...facts });

function past(change: Partial<PastDecision> = {}): PastDecision {
  const parsed = parsePastDecision({ ...callDecisionExample, ...change });
  assert.ok(parsed);
  return parsed;
}

describe('parsePastDecision', () => {
  it('reads a record whatever came of the call, and one that a later version wrote', () => {
    const record = { ...callDecisionExample, ...callOutcomeExample, weather: 'fine' };
    assert.equal(parsePastDecision(record)?.id, callDecisionExample.id);
  });

  it('knows of no decision in a record without one, or that does not say what it was reached by', () => {
    const { basis: _none, ...earlier } = callDecisionExample;
    for (const record of [callOutcomeExample, earlier, null, 'text']) {
      assert.equal(parsePastDecision(record), undefined);
    }
  });
});

describe('toPastCall', () => {
  const facts = factsOf({ recipient: ['ada@company.com'], model: ['gpt-4o'] });
  const shown = factsOf({ recipient: ['*@company.com'], model: ['gpt-4o'] });

  it('opens the facts that were encrypted', () => {
    const sealedFacts = sealer.seal(facts, callDecisionExample.id);
    const call = toPastCall(past({ facts: shown, sealedFacts }), sealer.open);
    assert.deepEqual([call.facts, [...call.unknownFacts]], [facts, []]);
  });

  it('is of a streamed answer where the call was', () => {
    const isStreamed = (change: Partial<PastDecision>) =>
      toPastCall(past(change), sealer.open).streamed === true;
    assert.deepEqual([isStreamed({ streamed: true }), isStreamed({})], [true, false]);
  });

  it('does not know facts that it cannot open, but for models, which are never encrypted', () => {
    const sealedFacts = createFactsSealer(randomBytes(32)).seal(facts, callDecisionExample.id);
    const { unknownFacts } = toPastCall(past({ facts: shown, sealedFacts }), sealer.open);
    assert.deepEqual([...unknownFacts], ['url', 'recipient']);
  });

  it('does not know facts that may have been cut, of a call of which something was', () => {
    const long = factsOf({ url: ['x'.repeat(2_048)], model: Array(50).fill('m'), recipient: ['a'] });
    const unknownOf = (change: Partial<PastDecision>) =>
      [...toPastCall(past({ facts: long, ...change }), sealer.open).unknownFacts].join();
    assert.deepEqual([unknownOf({ factsCut: true }), unknownOf({})], ['url,model', '']);
  });
});
