import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type AdapterObligation, isAdapterObligation, type Obligation } from '@4runr/contracts/decision';
import { matchesDomain, parseDomainPattern } from '@4runr/contracts/domain-pattern';
import type { Policy } from '@4runr/contracts/policy';
import fc from 'fast-check';
import {
  compilePolicies,
  type Decision,
  decide,
  type PolicySubject,
  replacePolicies,
  writablePolicySchema,
} from '../src/index.ts';
import { mergeObligations } from '../src/merge-obligations.ts';
import { allowingPolicies, call, callWithActors, policies, type TimedCall, urls } from './arbitraries.ts';
import { isAllowedLiterally } from './literal-rules.ts';

const decideBy = (documents: readonly Policy[], asked: TimedCall) =>
  decide(compilePolicies(documents), asked, asked.at);
const runs = { numRuns: 2_000 };

describe('decide, for any policies and any call', () => {
  it('is asked about documents that can be written, or could before streams were told apart', () => {
    const writable = (documents: Policy[]) => {
      for (const { guards, ...document } of documents) {
        const denyingStreams = { ...document, guards: { ...guards, streaming: 'deny' } };
        assert.ok(writablePolicySchema.safeParse(denyingStreams).success);
      }
    };
    fc.assert(fc.property(policies, writable));
  });

  it('agrees with the merge rules read word by word', () => {
    let allowed = 0;
    const agrees = (documents: Policy[], asked: TimedCall) => {
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
    const agrees = ([documents, shuffled]: [Policy[], Policy[]], asked: TimedCall) =>
      assert.deepEqual(decideBy(shuffled, asked), decideBy(documents, asked));
    fc.assert(fc.property(inAnyOrder, call, agrees), runs);
  });

  it('by policies of which some were replaced is as by all of them, compiled anew', () => {
    let changes = 0;
    const agrees = (documents: Policy[], candidates: Policy[], asked: TimedCall) => {
      const names = new Set(candidates.map(({ name }) => name));
      const kept = documents.filter(({ name }) => !names.has(name));
      const replaced = replacePolicies(compilePolicies(documents), candidates);
      const decision = decide(replaced, asked, asked.at);
      assert.deepEqual(decision, decideBy([...kept, ...candidates], asked));
      assert.deepEqual([...replaced.names].sort(), [...kept, ...candidates].map(({ name }) => name).sort());
      changes += Number(decision.allowed !== decideBy(documents, asked).allowed);
    };
    fc.assert(fc.property(policies, policies, fc.oneof(call, callWithActors), agrees), runs);
    assert.ok(changes > 0, 'no replacement changed anything: the property says little');
  });

  it('lets deny win over whatever is allowed', () => {
    const denied = (documents: Policy[], asked: TimedCall) => {
      const denying = { name: 'zz-denying', subjects: { roles: [asked.subject.role] }, deny: [asked.scope] };
      assert.equal(decideBy([...documents, denying], asked).allowed, false);
    };
    fc.assert(fc.property(policies, call, denied), runs);
  });

  it('never lends the guards of one allowing policy to another', () => {
    const alone = (documents: Policy[], { streamed: _, ...asked }: TimedCall) => {
      const anyAlone = documents.some((document) => decideBy([document], asked).allowed);
      assert.equal(decideBy(documents, asked).allowed, anyAlone);
    };
    fc.assert(fc.property(allowingPolicies, call, alone), runs);
  });

  it('never allows less for one more policy that denies nothing, unless the answer is streamed', () => {
    const grows = (documents: Policy[], more: Policy[], { streamed: _, ...asked }: TimedCall) => {
      const added = more.filter(({ name }) => documents.every((document) => document.name !== name));
      const before = decideBy(documents, asked).allowed;
      assert.ok(!before || decideBy([...documents, ...added], asked).allowed);
    };
    fc.assert(fc.property(policies, allowingPolicies, call, grows), runs);
  });

  it('takes quotas by every enforced policy that allows the scope for the subject, met or not', () => {
    let claims = 0;
    const addsUp = (documents: Policy[], asked: TimedCall) => {
      const { allowed, quotas } = decideBy(documents, asked);
      const expected = documents
        .filter((document) => allowsScope(document, asked, asked.subject))
        .flatMap(({ name, quotas: own = [] }) =>
          own.filter(({ scope }) => scope === asked.scope).map(({ limit, per }) => `${name} ${limit} ${per}`),
        );
      claims += quotas.length;
      const taken = quotas.map(({ policy, limit, per }) => `${policy.name} ${limit} ${per}`);
      assert.deepEqual(taken.sort(), allowed ? expected.sort() : []);
    };
    fc.assert(fc.property(policies, fc.oneof(call, callWithActors), addsUp), runs);
    assert.ok(claims > runs.numRuns / 20, `only ${claims} quotas were taken: the property says little`);
  });

  it('obliges to what every enforced policy asks that allows the scope, met or not, for each of the agents', () => {
    let kept = 0;
    const addsUp = (documents: Policy[], asked: TimedCall) => {
      const { allowed, obligations } = decideBy(documents, asked);
      if (!allowed) return assert.deepEqual(obligations, []);
      for (const document of documents) {
        const agents = [asked.subject, ...(asked.actors ?? [])];
        if (!agents.some((agent) => allowsScope(document, asked, agent))) continue;
        assertKept(document, obligations);
        kept += 1;
      }
    };
    fc.assert(fc.property(policies, fc.oneof(call, callWithActors), addsUp), runs);
    assert.ok(kept > 0, 'no obligation was kept: the property says nothing');
  });

  it('decides as if policies in shadow were not there', () => {
    const verdict = ({ shadow: _said, readings: _read, ...rest }: Decision) => rest;
    const ignored = (documents: Policy[], asked: TimedCall) => {
      const enforced = documents.filter(({ mode }) => mode !== 'shadow');
      assert.deepEqual(verdict(decideBy(documents, asked)), verdict(decideBy(enforced, asked)));
    };
    fc.assert(fc.property(policies, fc.oneof(call, callWithActors), ignored), runs);
  });

  it('says of each policy in shadow what the decision would be if it were enforced', () => {
    let changes = 0;
    const foretold = (documents: Policy[], asked: TimedCall) => {
      const { shadow, allowed: now } = decideBy(documents, asked);
      for (const { policy, allowed, reasons } of shadow) {
        changes += Number(allowed !== now);
        const enforced = decideBy(
          documents.map((document) =>
            document.name === policy.name ? { ...document, mode: 'enforce' } : document,
          ),
          asked,
        );
        assert.equal(allowed, enforced.allowed);
        assert.deepEqual(reasons.map(withoutVersion), enforced.reasons.map(withoutVersion));
      }
    };
    fc.assert(fc.property(policies, fc.oneof(call, callWithActors), foretold), runs);
    assert.ok(changes > 0, 'no shadow would have changed anything: the property says little');
  });

  it('obliges redirects to hosts that the call itself could have gone to', () => {
    let hops = 0;
    const reachable = (documents: Policy[], asked: TimedCall, hop: string) => {
      const { allowed, obligations } = decideBy(documents, asked);
      if (!allowed || asked.facts.url.length === 0) return;
      const host = new URL(hop).hostname;
      const fits = (text: string) => matchesDomain(parseDomainPattern(text), host);
      const permits = (obligation: AdapterObligation) =>
        obligation.type === 'domains' && obligation.allow.some(fits) && !obligation.deny.some(fits);
      if (!obligations.filter(isAdapterObligation).every(permits)) return;
      hops += 1;
      assert.ok(decideBy(documents, { ...asked, facts: { ...asked.facts, url: [hop] } }).allowed);
    };
    const hop = fc.constantFrom(...urls.filter((url) => URL.canParse(url)));
    fc.assert(fc.property(policies, call, hop, reachable), runs);
    assert.ok(hops > 0, 'no redirect was let pass: the property says nothing');
  });

  it('says which policy decided, in which version, by which rule', () => {
    const named = (documents: Policy[], asked: TimedCall) => {
      const { allowed, policy, reasons } = decideBy(documents, asked);
      assert.deepEqual(reasons[0].policy, policy);
      assert.equal(reasons[0].rule === 'allow', allowed);
      assert.equal(reasons[0].rule === 'no_policy', policy === null);
    };
    fc.assert(fc.property(policies, call, named), runs);
  });
});

describe('decide, for any policies and any call of agents that act for another', () => {
  const alone = (documents: Policy[], asked: TimedCall) =>
    [asked.subject, ...(asked.actors ?? [])].map((subject) => ({
      subject,
      decision: decideBy(documents, { ...asked, subject, actors: [] }),
    }));

  it('allows exactly what each of them may do alone', () => {
    let allowed = 0;
    const agrees = (documents: Policy[], asked: TimedCall) => {
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
    const denied = (documents: Policy[], asked: TimedCall & { actors: readonly { id: string }[] }) => {
      const victim = asked.actors.at(-1)?.id ?? '';
      const denying = { name: 'zz-denying', subjects: { agents: [victim] }, deny: [asked.scope] };
      assert.equal(decideBy([...documents, denying], asked).allowed, false);
    };
    fc.assert(fc.property(policies, callWithActors, denied), runs);
  });

  it('is never allowed more by one more agent that acts', () => {
    const shrinks = (documents: Policy[], asked: TimedCall & { actors: readonly PolicySubject[] }) => {
      const fewer = decideBy(documents, { ...asked, actors: asked.actors.slice(1) });
      assert.ok(fewer.allowed || !decideBy(documents, asked).allowed);
    };
    fc.assert(fc.property(policies, callWithActors, shrinks), runs);
  });

  it('obliges to everything that any of them is obliged to alone', () => {
    const addsUp = (documents: Policy[], asked: TimedCall) => {
      const { allowed, obligations } = decideBy(documents, asked);
      const each = alone(documents, asked).flatMap(({ decision }) => decision.obligations);
      if (allowed) assert.deepEqual(obligations, mergeObligations([...obligations, ...each]));
      else assert.deepEqual(obligations, []);
    };
    fc.assert(fc.property(policies, callWithActors, addsUp), runs);
  });

  it('says whose permission each reason is about, and names nobody who was not asked', () => {
    const attributed = (documents: Policy[], asked: TimedCall) => {
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

/** Whether the policy is enforced, and allows calls of the scope for the agent, whatever its guards say. */
function allowsScope(
  { mode, subjects, allow }: Policy,
  { scope }: TimedCall,
  { id, role }: PolicySubject,
): boolean {
  const isFor = subjects.roles?.includes(role) === true || subjects.agents?.includes(id) === true;
  return mode !== 'shadow' && isFor && allow?.includes(scope) === true;
}

/** Whoever keeps the obligations does what the policy asks to be done to answers. */
function assertKept({ guards = {}, response = {} }: Policy, obligations: readonly Obligation[]): void {
  const { maxResponseBytes = Number.POSITIVE_INFINITY, pii } = guards;
  const of = <Type extends Obligation['type']>(type: Type) =>
    obligations.find(
      (obligation): obligation is Extract<Obligation, { type: Type }> => obligation.type === type,
    );
  assert.ok((of('maxResponseBytes')?.bytes ?? Number.POSITIVE_INFINITY) <= maxResponseBytes);
  for (const path of response.redact ?? []) assert.ok(of('redact')?.paths.includes(path));
  for (const pattern of response.block ?? []) assert.ok(of('block')?.patterns.includes(pattern));
  for (const [path, limit] of Object.entries(response.truncate ?? {})) {
    assert.ok((of('truncate')?.limits[path] ?? Number.POSITIVE_INFINITY) <= limit);
  }
  if (pii?.on !== 'response') return;
  for (const kind of pii.detect) {
    const effects = obligations.flatMap((obligation) =>
      obligation.type === 'pii' && obligation.detect.includes(kind) ? [obligation.effect] : [],
    );
    assert.equal(effects.length, 1);
    assert.ok(effects.includes(pii.effect) || effects.includes('deny'));
  }
}

function withoutVersion({ policy, ...reason }: Decision['reasons'][number]): object {
  return { ...reason, policy: policy?.name };
}

function isEqualTo(expected: unknown): (actual: unknown) => boolean {
  return (actual) => isDeepStrictEqual(actual, expected);
}
