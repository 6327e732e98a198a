import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ProblemCode, problemCodes } from '@4runr/contracts/problem';
import { operatorScopes } from '@4runr/contracts/token';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createApiDocument, operations } from './index.ts';
import { commonCodes, tokenCodes } from './refusals.ts';

/** Not of an operation: what is answered where there is none. */
const beside: readonly ProblemCode[] = ['method.unsupported'];

describe('the description of the API', () => {
  it('is an OpenAPI document', async () => {
    const { valid, errors } = await new Validator().validate({ ...createApiDocument() });
    assert.ok(valid, JSON.stringify(errors));
  });

  it('names every operation once', () => {
    const ids = operations.map(({ id }) => id);
    const places = operations.map(({ method, path }) => `${method} ${path}`);
    for (const names of [ids, places]) assert.equal(new Set(names).size, names.length);
  });

  it('names every code that the gateway answers with', () => {
    const named = new Set([
      ...commonCodes,
      ...tokenCodes,
      ...beside,
      ...operations.flatMap(({ codes }) => codes ?? []),
    ]);
    assert.deepEqual(
      problemCodes.filter((code) => !named.has(code)),
      [],
    );
  });

  it('has something to do for every scope of operators', () => {
    const callers = new Set(operations.map(({ caller }) => caller));
    assert.deepEqual(
      operatorScopes.filter((scope) => !callers.has(scope)),
      [],
    );
  });
});
