import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { QuotaClaim } from '@4runr/contracts/decision';
import {
  compilePolicies,
  type Decision,
  decide,
  type PolicyCall,
  type ShadowVerdict,
  writablePolicySchema,
} from '../src/index.ts';
import { type CaseCall, loadPolicyCases, toReasonText } from './policy-case.ts';

const mondayNoon = '2026-03-02T12:00:00Z';

for (const { name, policies, calls } of loadPolicyCases()) {
  describe(name, () => {
    const known = policies.map((document) => writablePolicySchema.parse(document));
    const orders = { 'as written': known, 'the other way round': known.toReversed() };
    for (const [order, documents] of Object.entries(orders)) {
      const set = compilePolicies(documents);
      for (const call of calls) {
        it(`${call.it} (policies ${order})`, () =>
          assertDecision(decide(set, toPolicyCall(call), new Date(call.at ?? mondayNoon)), call.expect));
      }
    }
  });
}

function toPolicyCall({ agent = 'agt_1', role = 'analyst', scope, intent, ...rest }: CaseCall): PolicyCall {
  const { url = [], model = [], recipient = [], params = {}, streamed } = rest;
  const { requestBytes = Buffer.byteLength(JSON.stringify(params)) } = rest;
  const actors = rest.actors?.map((actor) => ({ id: actor.agent, role: actor.role }));
  const facts = { url, model, recipient };
  return { subject: { id: agent, role }, actors, scope, intent, params, requestBytes, streamed, facts };
}

function assertDecision(decision: Decision, expected: CaseCall['expect']): void {
  assert.equal(toVerdictText(decision), expected.decision);
  if (expected.policy !== undefined) assert.equal(decision.policy?.name ?? null, expected.policy);
  if (expected.reasons !== undefined) assert.deepEqual(decision.reasons.map(toReasonText), expected.reasons);
  if (expected.pointer !== undefined) assert.equal(decision.reasons[0].pointer, expected.pointer);
  if (expected.detail !== undefined) assert.equal(decision.reasons[0].detail, expected.detail);
  if (expected.obligations !== undefined) assert.deepEqual(decision.obligations, expected.obligations);
  if (expected.quotas !== undefined) assert.deepEqual(decision.quotas.map(toQuotaText), expected.quotas);
  if (expected.shadow !== undefined) assert.deepEqual(decision.shadow.map(toShadowText), expected.shadow);
}

function toVerdictText({ allowed }: { readonly allowed: boolean }): string {
  return allowed ? 'allow' : 'deny';
}

function toQuotaText({ policy, limit, windowSeconds, algorithm, per, cost }: QuotaClaim): string {
  return `${limit} ${cost} per ${windowSeconds} s by ${per}, ${algorithm}, of ${policy.name}`;
}

function toShadowText(verdict: ShadowVerdict): string {
  return `${toVerdictText(verdict)} by ${verdict.policy.name}: ${verdict.reasons.map(toReasonText).join(', ')}`;
}
