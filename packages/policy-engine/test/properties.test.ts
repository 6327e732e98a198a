import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type AdapterObligation, isAdapterObligation } from '@4runr/contracts/decision';
import { matchesDomain, parseDomainPattern } from '@4runr/contracts/domain-pattern';
import type { Policy } from '@4runr/contracts/policy';
import fc from 'fast-check';
import { compilePolicies, decide, type PolicyCall, type PolicySubject } from '../src/index.ts';
import { allowingPolicies, call, callWithActors, policies, urls } from './arbitraries.ts';
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
    fc.assert(fc.property(policies, fc.oneof(call, callWithActors), agrees), runs);
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
      const permits = ({ allow, deny }: AdapterObligation) => allow.some(fits) && !deny.some(fits);
      if (!obligations.filter(isAdapterObligation).every(permits)) return;
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

describe('decide, for any policies and any call of agents that act for another', () => {
  const alone = (documents: Policy[], asked: PolicyCall) =>
    [asked.subject, ...(asked.actors ?? [])].map((subject) => ({
      subject,
      decision: decideBy(documents, { ...asked, subject, actors: [] }),
    }));

  it('allows exactly what each of them may do alone', () => {
    let allowed = 0;
    const agrees = (documents: Policy[], asked: PolicyCall) => {
      const decision = decideBy(documents, asked);
      allowed += Number(decision.allowed);
      assert.equal(
        decision.allowed,
        alone(documents, asked).every((verdict) => verdict.decision.allowed),
      );
    };
    fc.assert(fc.property(policies, callWithActors, agrees), runs);
    assert.ok(allowed > runs.numRuns / 50, `only ${allowed} calls were allowed: the property says little`);
  });

  it('denies as soon as one of them is denied, whatever the others may do', () => {
    const denied = (documents: Policy[], asked: PolicyCall & { actors: readonly { id: string }[] }) => {
      const victim = asked.actors.at(-1)?.id ?? '';
      const denying = { name: 'zz-denying', subjects: { agents: [victim] }, deny: [asked.scope] };
      assert.equal(decideBy([...documents, denying], asked).allowed, false);
    };
    fc.assert(fc.property(policies, callWithActors, denied), runs);
  });

  it('is never allowed more by one more agent that acts', () => {
    const shrinks = (documents: Policy[], asked: PolicyCall & { actors: readonly PolicySubject[] }) => {
      const fewer = decideBy(documents, { ...asked, actors: asked.actors.slice(1) });
      assert.ok(fewer.allowed || !decideBy(documents, asked).allowed);
    };
    fc.assert(fc.property(policies, callWithActors, shrinks), runs);
  });

  it('obliges to everything that any of them is obliged to alone', () => {
    const addsUp = (documents: Policy[], asked: PolicyCall) => {
      const { allowed, obligations } = decideBy(documents, asked);
      const each = alone(documents, asked).flatMap(({ decision }) => decision.obligations);
      if (allowed) for (const obligation of each) assert.ok(obligations.some(isEqualTo(obligation)));
      else assert.deepEqual(obligations, []);
    };
    fc.assert(fc.property(policies, callWithActors, addsUp), runs);
  });

  it('says whose permission each reason is about, and names nobody who was not asked', () => {
    const attributed = (documents: Policy[], asked: PolicyCall) => {
      const { allowed, reasons } = decideBy(documents, asked);
      const verdicts = alone(documents, asked);
      for (const { agent, ...reason } of reasons) {
        const own = verdicts.filter(
          ({ subject, decision }) => subject.id === agent && decision.allowed === allowed,
        );
        assert.ok(own.some(({ decision }) => decision.reasons.some(isEqualTo(reason))));
      }
    };
    fc.assert(fc.property(policies, callWithActors, attributed), runs);
  });
});

function isEqualTo(expected: unknown): (actual: unknown) => boolean {
  return (actual) => isDeepStrictEqual(actual, expected);
}
