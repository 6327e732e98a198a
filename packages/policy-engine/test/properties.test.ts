import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchesDomain, parseDomainPattern } from '@4runr/contracts/domain-pattern';
import type { Policy } from '@4runr/contracts/policy';
import fc from 'fast-check';
import { compilePolicies, decide, type PolicyCall } from '../src/index.ts';
import { allowingPolicies, call, policies, urls } from './arbitraries.ts';
import { isAllowedLiterally } from './literal-rules.ts';

const decideBy = (documents: readonly Policy[], asked: PolicyCall) =>
  decide(compilePolicies(documents), asked);
const runs = { numRuns: 2_000 };

describe('decide, for any policies and any call', () => {
  it('agrees with the merge rules read word by word', () => {
    let allowed = 0;
    const agrees = (documents: Policy[], asked: PolicyCall) => {
      const decision = decideBy(documents, asked);
      allowed += Number(decision.allowed);
      assert.equal(decision.allowed, isAllowedLiterally(documents, asked));
    };
    fc.assert(fc.property(policies, call, agrees), runs);
    assert.ok(allowed > runs.numRuns / 20, `only ${allowed} calls were allowed: the comparison says little`);
  });

  it('does not depend on the order of the policies', () => {
    const inAnyOrder = policies.chain((documents) =>
      fc.tuple(fc.constant(documents), fc.shuffledSubarray(documents, { minLength: documents.length })),
    );
    const agrees = ([documents, shuffled]: [Policy[], Policy[]], asked: PolicyCall) =>
      assert.deepEqual(decideBy(shuffled, asked), decideBy(documents, asked));
    fc.assert(fc.property(inAnyOrder, call, agrees), runs);
  });

  it('lets deny win over whatever is allowed', () => {
    const denied = (documents: Policy[], asked: PolicyCall) => {
      const denying = { name: 'zz-denying', subjects: { roles: [asked.subject.role] }, deny: [asked.scope] };
      assert.equal(decideBy([...documents, denying], asked).allowed, false);
    };
    fc.assert(fc.property(policies, call, denied), runs);
  });

  it('never lends the guards of one allowing policy to another', () => {
    const alone = (documents: Policy[], asked: PolicyCall) => {
      const anyAlone = documents.some((document) => decideBy([document], asked).allowed);
      assert.equal(decideBy(documents, asked).allowed, anyAlone);
    };
    fc.assert(fc.property(allowingPolicies, call, alone), runs);
  });

  it('obliges redirects to hosts that the call itself could have gone to', () => {
    let hops = 0;
    const reachable = (documents: Policy[], asked: PolicyCall, hop: string) => {
      const { allowed, obligations } = decideBy(documents, asked);
      if (!allowed || asked.facts.url.length === 0) return;
      const host = new URL(hop).hostname;
      const fits = (text: string) => matchesDomain(parseDomainPattern(text), host);
      if (!obligations.every(({ allow, deny }) => allow.some(fits) && !deny.some(fits))) return;
      hops += 1;
      assert.ok(decideBy(documents, { ...asked, facts: { ...asked.facts, url: [hop] } }).allowed);
    };
    const hop = fc.constantFrom(...urls.filter((url) => URL.canParse(url)));
    fc.assert(fc.property(policies, call, hop, reachable), runs);
    assert.ok(hops > 0, 'no redirect was let pass: the property says nothing');
  });

  it('says which policy decided, in which version, by which rule', () => {
    const named = (documents: Policy[], asked: PolicyCall) => {
      const { allowed, policy, reasons } = decideBy(documents, asked);
      assert.deepEqual(reasons[0].policy, policy);
      assert.equal(reasons[0].rule === 'allow', allowed);
      assert.equal(reasons[0].rule === 'no_policy', policy === null);
    };
    fc.assert(fc.property(policies, call, named), runs);
  });
});
