import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Params } from '@4runr/contracts/call';
import { adapterRequestSchema } from '@4runr/contracts/call';
import { evaluationRequestExample, evaluationRequestSchema } from '@4runr/contracts/decision';
import { hashParams } from '@4runr/service-kit/mesh';
import fc from 'fast-check';

/** What the hash of a permit is made from at policy-service, and what it is compared with at an adapter. */
function hashes(body: string): [policy: string, adapter: string] {
  const params = JSON.parse(body) as Params;
  const overTheWire = (message: unknown): unknown => JSON.parse(JSON.stringify(message));
  const context = { ...evaluationRequestExample.context, params };
  const asked = evaluationRequestSchema.parse(overTheWire({ ...evaluationRequestExample, context }));
  const arrived = adapterRequestSchema.parse(overTheWire({ callId: 'call_1', params }));
  return [hashParams(asked.context.params), hashParams(arrived.params)];
}

describe('policy-service and an adapter make the same hash of the same parameters', () => {
  const rows = {
    'a member called __proto__': '{"__proto__": {"a": 1}, "b": {"__proto__": 2}}',
    'members that every object inherits': '{"constructor": 1, "toString": 2, "hasOwnProperty": 3}',
    'names of digits, which engines put in order': '{"10": 1, "9": 2, "a": 3, "1": 4}',
    'members of the same name': '{"a": 1, "a": 2}',
    'minus zero': '{"a": -0, "b": -0.0}',
    'numbers in many spellings':
      '{"a": 1e20, "b": 1E+21, "c": 1e-7, "d": 100000000000000000000, "e": 5e-324}',
    'whole numbers beyond what a double holds': '{"a": 12345678901234567890, "b": 9007199254740993}',
    'text in many spellings':
      '{"a": "\\u00e9\\u0065\\u0301", "b": "\\u2028\\ud83d\\ude00", "\\u20ac": "\\/"}',
  };
  for (const [guarantee, body] of Object.entries(rows)) {
    it(`with ${guarantee}`, () => {
      const [policy, adapter] = hashes(body);
      assert.equal(policy, adapter);
    });
  }

  it('with whatever JSON may hold', () => {
    const bodies = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }));
    fc.assert(
      fc.property(bodies, (params) => {
        const [policy, adapter] = hashes(JSON.stringify(params));
        return policy === adapter;
      }),
    );
  });
});
