import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Facts } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import fc from 'fast-check';
import { compilePolicies, decide, type PastCall, reconsider, replacePolicies } from '../src/index.ts';
import { call, callWithActors, policies, type TimedCall } from './arbitraries.ts';

const runs = { numRuns: 2_000 };
const anyCall = fc.oneof(call, callWithActors);

/** What a record keeps of a call that these policies decided: no parameters, and readings as JSON brings them back. */
function recordOf(documents: readonly Policy[], asked: TimedCall): PastCall {
  const { readings } = decide(compilePolicies(documents), asked, asked.at);
  const { params: _gone, ...rest } = asked;
  const kept = readings === undefined ? undefined : JSON.parse(JSON.stringify(readings));
  return { ...rest, readings: kept, unknownFacts: new Set() };
}

describe('a past call, reconsidered', () => {
  it('by the policies that decided it comes to the same decision, for the same reasons', () => {
    let read = 0;
    const agrees = (documents: Policy[], asked: TimedCall) => {
      const past = recordOf(documents, asked);
      read += Number(past.readings !== undefined);
      const {
        shadow: _said,
        readings: _read,
        ...decided
      } = decide(compilePolicies(documents), asked, asked.at);
      const again = reconsider(compilePolicies(documents), past, asked.at);
      assert.deepEqual(again, { isCertain: true, verdict: decided });
    };
    fc.assert(fc.property(policies, anyCall, agrees), runs);
    assert.ok(read > runs.numRuns / 20, `parameters were read of ${read} calls: the property says little`);
  });

  it('is never said to be what it would not be, whatever is not known of it any more', () => {
    const counts = { certain: 0, uncertain: 0, changed: 0 };
    const kinds = fc.subarray<keyof Facts>(['url', 'model', 'recipient']);
    const agrees = (documents: Policy[], candidates: Policy[], asked: TimedCall, gone: (keyof Facts)[]) => {
      const set = replacePolicies(compilePolicies(documents), candidates);
      const past = recordOf(documents, asked);
      const facts = { ...past.facts, ...Object.fromEntries(gone.map((kind) => [kind, ['cut']])) };
      const again = reconsider(set, { ...past, facts, unknownFacts: new Set(gone) }, asked.at);
      const { allowed } = decide(set, asked, asked.at);
      counts[again.isCertain ? 'certain' : 'uncertain'] += 1;
      if (!again.isCertain) return assert.ok(again.unknown.length > 0);
      assert.equal(again.verdict.allowed, allowed);
      counts.changed += Number(allowed !== decide(compilePolicies(documents), asked, asked.at).allowed);
    };
    fc.assert(fc.property(policies, policies, anyCall, kinds, agrees), runs);
    for (const [what, count] of Object.entries(counts)) {
      assert.ok(count > runs.numRuns / 50, `only ${count} calls were ${what}: the property says little`);
    }
  });
});

describe('what is not known of a past call', () => {
  const subjects = { roles: ['analyst'] };
  const scope = 'openai:chat';
  const past: PastCall = {
    subject: { id: 'agt_1', role: 'analyst' },
    scope,
    intent: 'audit',
    requestBytes: 10,
    facts: { url: [], model: ['gpt-4o'], recipient: [] },
    readings: undefined,
    unknownFacts: new Set(),
  };
  const at = new Date('2026-03-02T12:00:00Z');
  const by = (documents: Policy[], changed: Partial<PastCall> = {}) =>
    reconsider(compilePolicies(documents), { ...past, ...changed }, at);
  const guarded = (guards: Policy['guards']): Policy => ({ name: 'p', subjects, allow: [scope], guards });

  it('leaves open what depends on it, and is named', () => {
    assert.deepEqual(by([guarded({ when: 'params.n == 1' })]), { isCertain: false, unknown: ['when'] });
    const pii = guarded({ pii: { detect: ['ssn'], on: 'request', effect: 'deny' } });
    assert.deepEqual(by([pii]), { isCertain: false, unknown: ['pii'] });
    const models = guarded({ models: { allow: ['gpt-4o'] } });
    const cut = { unknownFacts: new Set(['model'] as const) };
    assert.deepEqual(by([models], cut), { isCertain: false, unknown: ['model'] });
  });

  it('matters nothing where the call is decided without it', () => {
    const unknown = guarded({ when: 'params.n == 1' });
    const denying: Policy = { name: 'q', subjects, deny: [scope] };
    const allowing: Policy = { name: 'q', subjects, allow: [scope] };
    const closed: Policy = { ...unknown, intents: ['lead_discovery'] };
    const allowed = (documents: Policy[]) => {
      const again = by(documents);
      return again.isCertain && again.verdict.allowed;
    };
    assert.equal(allowed([unknown, allowing]), true);
    for (const documents of [[unknown, denying], [closed]]) {
      const again = by(documents);
      assert.ok(again.isCertain && !again.verdict.allowed);
    }
  });

  it('does not keep a condition from being evaluated that looks at what is recorded of every call', () => {
    const allowed = (when: string) => {
      const again = by([guarded({ when })]);
      return again.isCertain ? again.verdict.allowed : undefined;
    };
    assert.equal(allowed('intent == "audit" && facts.model.all(m, m.startsWith("gpt-"))'), true);
    assert.equal(allowed('now < timestamp("2026-01-01T00:00:00Z")'), false);
    assert.equal(allowed('agent.role == "analyst" && size(params) < 3'), undefined);
  });

  it('is, of personal data, only what was not looked for', () => {
    const looking = (detect: 'ssn' | 'email') =>
      by([guarded({ pii: { detect: [detect], on: 'request', effect: 'deny' } })], {
        readings: { conditions: {}, pii: { ssn: false } },
      }).isCertain;
    assert.deepEqual([looking('ssn'), looking('email')], [true, false]);
  });
});
