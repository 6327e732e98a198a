import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evaluationRequestExample, obligationExamples } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { compilePolicies, type Decision } from '@4runr/policy-engine';
import { createTestPoint } from '../../test/fixtures/test-point.ts';
import { allowEverything, decideByPolicies } from './decision-point.ts';
import { denyWhatIsNotCarriedOut } from './not-carried-out-yet.ts';

const allowing: Policy = { name: 'searching', subjects: { roles: ['scraper'] }, allow: ['serpapi:search'] };

/** The answer by one policy alone. */
function ask(policy: Policy) {
  const decide = decideByPolicies({ current: () => compilePolicies([policy]) });
  return createTestPoint(decide).ask(evaluationRequestExample);
}

describe('what nobody carries out yet', () => {
  const asking: Record<string, Partial<Policy>> = {
    'a redaction': { response: { redact: ['token'] } },
    'a truncation': { response: { truncate: { content: 1 } } },
    'a block': { response: { block: ['secret'] } },
    'a size of answers': { guards: { maxResponseBytes: 1 } },
    'personal data in answers': { guards: { pii: { detect: ['ssn'], on: 'response', effect: 'redact' } } },
  };
  for (const [name, change] of Object.entries(asking)) {
    it(`${name} makes an allowing policy deny, without a permit`, async () => {
      assert.equal((await ask(allowing)).decision, true);
      const { decision, context } = await ask({ ...allowing, ...change });
      assert.deepEqual([decision, context.permit], [false, undefined]);
      assert.equal(context.reasons[0]?.rule, 'unknown');
    });
  }

  it('is every obligation but those that adapters carry out', () => {
    const decision = (obligations: Decision['obligations']): Decision => ({
      ...allowEverything(),
      obligations,
    });
    const allowed = obligationExamples.filter(
      (obligation) => denyWhatIsNotCarriedOut(decision([obligation])).allowed,
    );
    assert.deepEqual(
      allowed.map(({ type }) => type),
      ['domains'],
    );
  });
});
