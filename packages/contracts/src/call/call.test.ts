import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { manifestSchema } from '../manifest/index.ts';
import { type Problem, problemKinds, problemSchema } from '../problem/index.ts';
import * as call from './index.ts';

describe('examples of the call contract', () => {
  const rows = [
    ['manifest', manifestSchema, call.manifestExample],
    ['request to an adapter', call.adapterRequestSchema, call.adapterRequestExample],
    ['answer of an adapter', call.adapterResponseSchema, call.adapterResponseExample],
    ['answer to an agent', call.callResponseSchema, call.callResponseExample],
    ['list of tools', call.toolListSchema, call.toolListExample],
  ] as const;
  for (const [name, schema, example] of rows) {
    it(`${name}: the example passes its schema unchanged`, () => {
      assert.deepEqual(schema.parse(example), example);
    });
  }

  const problems: readonly Problem[] = [...call.adapterFailureExamples, ...call.adapterRefusalExamples];
  for (const problem of problems) {
    it(`${problem.code}: the example is the table's, and says what was dispatched`, () => {
      assert.deepEqual(problemSchema.parse(problem), problem);
      assert.equal(problem.status, problemKinds[problem.code].status);
      assert.notEqual(problem.dispatched, undefined);
    });
  }
});
