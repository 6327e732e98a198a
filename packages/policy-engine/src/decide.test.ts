import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reasonsMax } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { readFacts } from './call-facts.ts';
import { compilePolicies, decide, type PolicyCall } from './index.ts';
import { isMet, type RequirementTest } from './requirement.ts';

const call: PolicyCall = {
  subject: { id: 'agt_1', role: 'analyst' },
  scope: 'serpapi:search',
  facts: { url: [], model: [], recipient: [] },
};
const allowing: Policy = { name: 'searching', subjects: { roles: ['analyst'] }, allow: ['serpapi:search'] };

describe('what this version does not know', () => {
  const documents: Record<string, object> = {
    'a guard': { ...allowing, guards: { weather: 'fine' } },
    'a field': { ...allowing, schedule: { from: '09:00' } },
  };
  for (const [name, document] of Object.entries(documents)) {
    it(`denies what a policy allows that has ${name} of an unknown kind`, () => {
      const decision = decide(compilePolicies([document as Policy]), call);
      assert.equal(decision.allowed, false);
      assert.equal(decision.reasons[0].rule, 'unknown');
    });
  }

  it('is never met, even where a kind of rule got past the compiler', () => {
    const test = { rule: 'weather' } as unknown as RequirementTest;
    assert.equal(isMet(test, readFacts(call)), false);
  });
});

describe('decide', () => {
  it('names at most as many reasons as an answer may hold', () => {
    const policies = Array.from({ length: reasonsMax + 5 }, (_, index) => ({
      ...allowing,
      name: `p${index}`,
      intents: ['audit'],
    }));
    assert.equal(decide(compilePolicies(policies), call).reasons.length, reasonsMax);
  });
});

describe('compilePolicies', () => {
  it('refuses two policies of one name, of which one would be lost', () => {
    assert.throws(() => compilePolicies([allowing, { ...allowing }]), TypeError);
  });

  it('finds only the rules of the scope and the subject, however many others there are', () => {
    const others = Array.from({ length: 1_000 }, (_, index) => ({
      name: `other-${index}`,
      subjects: { roles: [`role${index}`], agents: [`agt_other${index}`] },
      allow: ['serpapi:search', `tool${index}:act`],
    }));
    const rules = compilePolicies([...others, allowing]).rulesFor(call.scope, call.subject);
    assert.deepEqual(
      rules.allow.map(({ policy }) => policy.name),
      ['searching'],
    );
  });
});
