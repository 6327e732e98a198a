import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reasonsMax } from '@4runr/contracts/decision';
import { type Policy, weekdays } from '@4runr/contracts/policy';
import { CallFacts } from './call-facts.ts';
import { compilePolicies, decide, type PolicyCall, updatePolicies } from './index.ts';
import { PresentParams } from './present-params.ts';
import { isMet, type RequirementTest } from './requirement.ts';

const call: PolicyCall = {
  subject: { id: 'agt_1', role: 'analyst' },
  scope: 'serpapi:search',
  params: {},
  requestBytes: 2,
  facts: { url: [], model: [], recipient: [] },
};
const at = new Date('2026-03-02T12:00:00Z');
const allowing: Policy = { name: 'searching', subjects: { roles: ['analyst'] }, allow: ['serpapi:search'] };

describe('what this version does not know', () => {
  const documents: Record<string, object> = {
    'a guard': { ...allowing, guards: { weather: 'fine' } },
    'a field': { ...allowing, weather: { in: 'Berlin' } },
    'a mode': { ...allowing, mode: 'now and then' },
    'a time zone': {
      ...allowing,
      schedule: { timezone: 'Mars/Olympus', days: [...weekdays], from: '00:00', to: '24:00' },
    },
    'a condition that is none': { ...allowing, guards: { when: 'perhaps' } },
    'a place for personal data': {
      ...allowing,
      guards: { pii: { detect: ['ssn'], on: 'the way', effect: 'deny' } },
    },
  };
  for (const [name, document] of Object.entries(documents)) {
    it(`denies what a policy allows that has ${name} of an unknown kind`, () => {
      const decision = decide(compilePolicies([document as Policy]), call, at);
      assert.equal(decision.allowed, false);
      assert.equal(decision.reasons[0].rule, 'unknown');
    });
  }

  it('is never met, even where a kind of rule got past the compiler', () => {
    const test = { rule: 'weather' } as unknown as RequirementTest;
    assert.equal(isMet(test, new CallFacts(call, at, new PresentParams(call, at)), call.subject), false);
  });
});

describe('decide', () => {
  it('names at most as many reasons as an answer may hold', () => {
    const policies = Array.from({ length: reasonsMax + 5 }, (_, index) => ({
      ...allowing,
      name: `p${index}`,
      intents: ['audit'],
    }));
    assert.equal(decide(compilePolicies(policies), call, at).reasons.length, reasonsMax);
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

describe('updatePolicies', () => {
  const other: Policy = { ...allowing, name: 'other', deny: ['openai:chat'] };
  const before = updatePolicies(undefined, [allowing, other]);
  const stored = (document: Policy): unknown => JSON.parse(JSON.stringify(document));

  it('compiles a version once, whatever is written around it', () => {
    const after = updatePolicies(before, [stored({ ...other, deny: [] }), stored(allowing)]);
    const [kept] = compilePolicies([allowing]).compiled.keys();
    assert.ok(kept !== undefined && after.compiled.get(kept) === before.compiled.get(kept));
    assert.equal(after.names.size, 2);
  });

  it('decides by the documents that it is given, and no longer by those before', () => {
    const isAllowed = (documents: Policy[]) =>
      decide(updatePolicies(before, documents.map(stored)), call, at).allowed;
    assert.equal(isAllowed([other, { ...allowing, allow: [] }]), true);
    assert.equal(isAllowed([{ ...other, deny: ['serpapi:search'] }, allowing]), false);
    assert.equal(isAllowed([]), false);
  });

  it('refuses what does not fit, though all else is known', () => {
    assert.throws(() => updatePolicies(before, [allowing, { ...other, weather: {} }]), { name: 'ZodError' });
  });
});
