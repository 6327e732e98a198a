import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { ProblemError } from '../errors/index.ts';
import { parseBody, toJsonPointer } from './parse-body.ts';

const schema = z.strictObject({ name: z.string(), tags: z.array(z.string()).optional() });

function refusal(body: unknown): ProblemError {
  try {
    parseBody(schema, body);
  } catch (error) {
    assert.ok(error instanceof ProblemError);
    return error;
  }
  assert.fail('the body was taken');
}

describe('parseBody', () => {
  it('gives the body that fits', () => {
    assert.deepEqual(parseBody(schema, { name: 'a' }), { name: 'a' });
  });

  it('refuses a missing body as request.invalid', () => {
    assert.equal(refusal(undefined).code, 'request.invalid');
  });

  it('names every fault by JSON Pointer, unknown members at their own place', () => {
    const { code, extensions } = refusal({ tags: ['a', 1], 'a/b': true });
    assert.equal(code, 'params.invalid');
    assert.deepEqual(extensions.errors?.map(({ pointer }) => pointer).sort(), ['/a~1b', '/name', '/tags/1']);
  });
});

describe('toJsonPointer', () => {
  it('escapes ~ and / (RFC 6901 section 3) and gives the empty pointer for the whole document', () => {
    assert.equal(toJsonPointer(['a/b', 0, 'c~d']), '/a~1b/0/c~0d');
    assert.equal(toJsonPointer([]), '');
  });
});
