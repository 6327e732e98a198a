import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { policySchema } from '@4runr/contracts/policy';
import { compilePolicies, type Decision, decide, type PolicyCall } from '../src/index.ts';
import { type CaseCall, loadPolicyCases, toReasonText } from './policy-case.ts';

for (const { name, policies, calls } of loadPolicyCases()) {
  describe(name, () => {
    const known = policies.map((document) => policySchema.parse(document));
    const orders = { 'as written': known, 'the other way round': known.toReversed() };
    for (const [order, documents] of Object.entries(orders)) {
      const set = compilePolicies(documents);
      for (const call of calls) {
        it(`${call.it} (policies ${order})`, () =>
          assertDecision(decide(set, toPolicyCall(call)), call.expect));
      }
    }
  });
}

function toPolicyCall({ agent = 'agt_1', role = 'analyst', scope, intent, ...rest }: CaseCall): PolicyCall {
  const { url = [], model = [], recipient = [] } = rest;
  const actors = rest.actors?.map((actor) => ({ id: actor.agent, role: actor.role }));
  return { subject: { id: agent, role }, actors, scope, intent, facts: { url, model, recipient } };
}

function assertDecision(decision: Decision, expected: CaseCall['expect']): void {
  assert.equal(decision.allowed ? 'allow' : 'deny', expected.decision);
  if (expected.policy !== undefined) assert.equal(decision.policy?.name ?? null, expected.policy);
  if (expected.reasons !== undefined) assert.deepEqual(decision.reasons.map(toReasonText), expected.reasons);
  if (expected.detail !== undefined) assert.equal(decision.reasons[0].detail, expected.detail);
  if (expected.obligations !== undefined) assert.deepEqual(decision.obligations, expected.obligations);
}
