import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Params } from '@4runr/contracts/call';
import type { JsonSchema } from '@4runr/contracts/manifest';
import { compileFacts } from './facts.ts';

const url = { type: 'string', 'x-gateway-fact': 'url' };
const model = { type: 'string', 'x-gateway-fact': 'model' };
const recipient = { type: 'string', 'x-gateway-fact': 'recipient' };
const recipients = { anyOf: [recipient, { type: 'array', items: recipient }] };
const tree = {
  $defs: { node: { properties: { url, children: { items: { $ref: '#/$defs/node' } } } } },
  properties: { root: { $ref: '#/$defs/node' } },
};

interface Row {
  readonly schema: JsonSchema;
  readonly params: Params;
  readonly facts: { readonly url?: string[]; readonly model?: string[]; readonly recipient?: string[] };
}

const found: Readonly<Record<string, Row>> = {
  'a value at an annotated place is a fact': {
    schema: { properties: { url } },
    params: { url: 'u' },
    facts: { url: ['u'] },
  },
  'what is not annotated is no fact': {
    schema: { properties: { url, note: { type: 'string' } } },
    params: { note: 'n' },
    facts: {},
  },
  'an empty text is a fact': { schema: { properties: { url } }, params: { url: '' }, facts: { url: [''] } },
  'null, where it is admitted, is no fact': {
    schema: { properties: { url: { ...url, type: ['string', 'null'] } } },
    params: { url: null },
    facts: {},
  },
  'one of several or many: every one is a fact': {
    schema: { properties: { to: recipients, cc: recipients } },
    params: { to: ['a', 'b'], cc: 'c' },
    facts: { recipient: ['a', 'b', 'c'] },
  },
  'a value that stands twice is one fact': {
    schema: { properties: { to: recipients, cc: recipients } },
    params: { to: 'a', cc: ['a', 'a'] },
    facts: { recipient: ['a'] },
  },
  'a value may be a fact of two kinds': {
    schema: { properties: { x: { allOf: [url, model] } } },
    params: { x: 'v' },
    facts: { url: ['v'], model: ['v'] },
  },
  'branches within branches are taken all': {
    schema: { oneOf: [{ anyOf: [{ properties: { a: url } }, { allOf: [{ properties: { b: url } }] }] }] },
    params: { a: 'u1', b: 'u2' },
    facts: { url: ['u1', 'u2'] },
  },
  'if, then, else and not are taken all': {
    schema: {
      if: { properties: { a: url } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { b: url } },
      else: { properties: { c: url } },
      not: { properties: { d: url } },
    },
    params: { a: '1', b: '2', c: '3', d: '4' },
    facts: { url: ['1', '2', '3', '4'] },
  },
  'schemas that depend on other members are taken': {
    schema: { dependentSchemas: { a: { properties: { b: url } } } },
    params: { b: 'u' },
    facts: { url: ['u'] },
  },
  'a $ref is followed': {
    schema: { $defs: { 'a/b': url }, properties: { url: { $ref: '#/$defs/a~1b' } } },
    params: { url: 'u' },
    facts: { url: ['u'] },
  },
  'a $ref that comes back to itself is followed to the end of the parameters': {
    schema: tree,
    params: { root: { url: 'u1', children: [{ url: 'u2', children: [{ url: 'u3' }] }] } },
    facts: { url: ['u1', 'u2', 'u3'] },
  },
  'members whose names fit a pattern are facts': {
    schema: { properties: { plain_url: { type: 'string' } }, patternProperties: { _url$: url } },
    params: { a_url: 'u1', plain_url: 'u2', other: 'u3' },
    facts: { url: ['u1', 'u2'] },
  },
  'members that the schema does not name are facts where it says so': {
    schema: { properties: { note: { type: 'string' } }, additionalProperties: url },
    params: { note: 'n', x: 'u1', y: 'u2' },
    facts: { url: ['u1', 'u2'] },
  },
  'members that nothing has evaluated are facts where it says so': {
    schema: { properties: { note: { type: 'string' } }, unevaluatedProperties: url },
    params: { note: 'n', x: 'u' },
    facts: { url: ['u'] },
  },
  'names of members are facts where the schema says so': {
    schema: { properties: { to: { type: 'object', propertyNames: recipient } } },
    params: { to: { 'a@x.test': {}, 'b@x.test': {} } },
    facts: { recipient: ['a@x.test', 'b@x.test'] },
  },
  'items are facts, the first by their own schemas': {
    schema: { properties: { list: { prefixItems: [model, { type: 'string' }], items: url } } },
    params: { list: ['m', 'n', 'u1', 'u2'] },
    facts: { model: ['m'], url: ['u1', 'u2'] },
  },
  'items that have to be contained are facts': {
    schema: { properties: { list: { contains: url } } },
    params: { list: ['u'] },
    facts: { url: ['u'] },
  },
  'a member called __proto__ is a member like any other': {
    schema: JSON.parse(
      '{"properties": {"__proto__": {"properties": {"u": {"type": "string", "x-gateway-fact": "url"}}}}}',
    ) as JsonSchema,
    params: JSON.parse('{"__proto__": {"u": "v"}}') as Params,
    facts: { url: ['v'] },
  },
  'inherited members are not read': {
    schema: { properties: { constructor: { properties: { name: url } } } },
    params: {},
    facts: {},
  },
  'a value that another branch admits at an annotated place is no fact of it': {
    schema: { properties: { to: { anyOf: [recipient, { type: 'object', properties: { url } }] } } },
    params: { to: { url: 'u', name: 'n' } },
    facts: { url: ['u'] },
  },
};

describe('facts', () => {
  for (const [guarantee, { schema, params, facts }] of Object.entries(found)) {
    it(guarantee, () => {
      assert.deepEqual(compileFacts(schema)(params), { url: [], model: [], recipient: [], ...facts });
    });
  }
});

const unusable: Readonly<Record<string, JsonSchema>> = {
  'of an unknown kind': { properties: { url: { type: 'string', 'x-gateway-fact': 'address' } } },
  'at what may be anything': { properties: { url: { 'x-gateway-fact': 'url' } } },
  'at a number': { properties: { url: { type: 'integer', 'x-gateway-fact': 'url' } } },
  'at what may be a number too': {
    properties: { url: { type: ['string', 'integer'], 'x-gateway-fact': 'url' } },
  },
  'at an object': { properties: { to: { type: 'object', 'x-gateway-fact': 'recipient' } } },
  'at a list rather than its items': { properties: { to: { type: 'array', 'x-gateway-fact': 'recipient' } } },
  'in a definition that nothing refers to': { $defs: { url } },
  'below a keyword that nobody knows': { properties: { a: { whatever: { properties: { url } } } } },
  'in content that is text to the gateway': { properties: { a: { type: 'string', contentSchema: url } } },
  'behind a dynamic reference': { $defs: { url }, properties: { a: { $dynamicRef: '#/$defs/url' } } },
  'behind a reference to another document': { properties: { a: { $ref: 'https://example.com/schema' } } },
  'behind a reference that leads nowhere': { properties: { a: { $ref: '#/$defs/none' } } },
  'behind a reference whose base is another': {
    $defs: { url },
    properties: { a: { $id: 'https://example.com/other', $ref: '#/$defs/url' } },
  },
  'in a schema that refers to itself without end': { anyOf: [{ $ref: '#' }, { properties: { url } }] },
};

describe('an annotation makes the manifest unusable, rather than a guard blind,', () => {
  for (const [where, schema] of Object.entries(unusable)) {
    it(where, () => {
      assert.throws(() => compileFacts(schema), Error);
    });
  }
});
