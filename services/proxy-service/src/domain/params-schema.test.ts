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
    api_key: false,
  },
});

const rows: Readonly<Record<string, [body: unknown, pointers: string[]]>> = {
  'parameters that fit have no fault': [{ q: 'x' }, []],
  'a missing member is pointed at': [{}, ['/q']],
  'an unknown member is pointed at': [{ q: 'x', nope: 1 }, ['/nope']],
  'a forbidden member is pointed at': [{ q: 'x', api_key: 'k' }, ['/api_key']],
  'a member of the wrong type is pointed at': [{ q: 1 }, ['/q']],
  'all faults of a small body are told': [{ list: ['x'], nope: 1 }, ['/list/0', '/nope', '/q']],
  'pointers are escaped (RFC 6901)': [{ q: 'x', 'a/b~c': 'x' }, ['/a~1b~0c']],
  'a list is not an object': [[], ['']],
  'null is not an object': [null, ['']],
  'a text is not an object': ['{"q": "x"}', ['']],
  'a member called __proto__ is unknown like any other': [
    JSON.parse('{"q": "x", "__proto__": {"q": 1}}'),
    ['/__proto__'],
  ],
  'a member called constructor is unknown like any other': [{ q: 'x', constructor: 1 }, ['/constructor']],
  'a name of any length is not sent back': [{ q: 'x', ['n'.repeat(10_000)]: 1 }, ['']],
};

describe('parameters against a schema', () => {
  for (const [guarantee, [body, pointers]] of Object.entries(rows)) {
    it(guarantee, () => {
      const faults = check(body, 100).map(({ pointer }) => pointer);
      assert.deepEqual(faults.sort(), pointers);
    });
  }

  it('a large body is searched for its first fault only, so that faults cannot be piled up', () => {
    const body = { q: 'x', list: Array.from({ length: 10_000 }, () => 'x') };
    assert.equal(check(body, 100_000).length, 1);
  });

  it('a small body tells at most 20 faults', () => {
    assert.equal(check({ q: 'x', list: Array.from({ length: 100 }, () => 'x') }, 500).length, 20);
  });

  it('members that every object inherits do not stand in for required ones', () => {
    const needsConstructor = compileParamsSchema({ type: 'object', required: ['constructor'] });
    assert.equal(needsConstructor({}, 2).length, 1);
    assert.equal(needsConstructor({ constructor: 1 }, 17).length, 0);
  });
});

const unusable = {
  'takes anything but objects': { properties: {} },
  'is no schema': { type: 'object', properties: { q: { type: 'text' } } },
  'has a keyword that nobody knows': { type: 'object', required_: ['q'] },
  'has a format that nobody knows': { type: 'object', properties: { q: { type: 'string', format: 'x' } } },
};

describe('a schema makes the manifest unusable that', () => {
  for (const [guarantee, schema] of Object.entries(unusable)) {
    it(guarantee, () => assert.throws(() => compileParamsSchema(schema), Error));
  }
});

it('schemas of two manifests may have the same $id', () => {
  const schema = { $id: 'https://example.com/params', type: 'object' };
  assert.deepEqual([compileParamsSchema(schema)({}, 2), compileParamsSchema(schema)({}, 2)], [[], []]);
});
