import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileParamsSchema } from './params-schema.ts';

const check = compileParamsSchema({
  type: 'object',
  additionalProperties: false,
  required: ['q'],
  properties: {
    q: { type: 'string', minLength: 1 },
    'a/b~c': { type: 'integer' },
    list: { type: 'array', items: { type: 'integer' } },
  },
});

const rows: [guarantee: string, body: unknown, pointers: string[]][] = [
  ['parameters that fit have no fault', { q: 'x' }, []],
  ['a missing member is pointed at', {}, ['/q']],
  ['an unknown member is pointed at', { q: 'x', nope: 1 }, ['/nope']],
  ['a member of the wrong type is pointed at', { q: 1 }, ['/q']],
  ['all faults of a small body are told', { list: ['x'], nope: 1 }, ['/list/0', '/nope', '/q']],
  ['pointers are escaped (RFC 6901)', { q: 'x', 'a/b~c': 'x' }, ['/a~1b~0c']],
  ['a list is not an object', [], ['']],
  ['null is not an object', null, ['']],
  [
    'a member called __proto__ is unknown like any other',
    JSON.parse('{"q": "x", "__proto__": 1}'),
    ['/__proto__'],
  ],
];

describe('parameters against a schema', () => {
  for (const [guarantee, body, pointers] of rows) {
    it(guarantee, () => {
      assert.deepEqual(
        check(body, 100)
          .map(({ pointer }) => pointer)
          .sort(),
        pointers,
      );
    });
  }

  it('a large body is searched for its first fault only, so that faults cannot be piled up', () => {
    const body = { q: 'x', list: Array.from({ length: 10_000 }, () => 'x') };
    assert.equal(check(body, 100_000).length, 1);
  });

  it('a small body tells at most 20 faults', () => {
    assert.equal(check({ q: 'x', list: Array.from({ length: 100 }, () => 'x') }, 500).length, 20);
  });
});
