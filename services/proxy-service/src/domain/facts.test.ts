import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonSchema } from '@4runr/contracts/manifest';
import { compileFacts } from './facts.ts';

const recipients = {
  'x-gateway-fact': 'recipient',
  anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
};
const mail: JsonSchema = {
  type: 'object',
  properties: { to: recipients, cc: recipients, subject: { type: 'string' } },
};
const page: JsonSchema = { type: 'object', properties: { url: { type: 'string', 'x-gateway-fact': 'url' } } };
const nested: JsonSchema = {
  properties: {
    pages: { items: { properties: { url: { 'x-gateway-fact': 'url' } } } },
    either: { oneOf: [{ properties: { model: { 'x-gateway-fact': 'model' } } }, { type: 'string' }] },
  },
};

const rows: [guarantee: string, schema: JsonSchema, params: Record<string, unknown>, facts: object][] = [
  ['a value is a fact', page, { url: 'https://a.test/' }, { url: ['https://a.test/'] }],
  [
    'every member of a list is a fact',
    mail,
    { to: ['a@x.test', 'b@x.test'] },
    { recipient: ['a@x.test', 'b@x.test'] },
  ],
  [
    'several places give one kind',
    mail,
    { to: 'a@x.test', cc: 'b@x.test' },
    { recipient: ['a@x.test', 'b@x.test'] },
  ],
  [
    'a value that stands twice is one fact',
    mail,
    { to: 'a@x.test', cc: ['a@x.test'] },
    { recipient: ['a@x.test'] },
  ],
  ['what is not annotated is no fact', mail, { subject: 'a@x.test' }, {}],
  ['items of lists are walked', nested, { pages: [{ url: 'u1' }, { url: 'u2' }] }, { url: ['u1', 'u2'] }],
  ['branches are walked', nested, { either: { model: 'm' } }, { model: ['m'] }],
  [
    'an annotation below an annotated object counts',
    { properties: { to: { 'x-gateway-fact': 'recipient' } } },
    { to: { a: ['x'] } },
    { recipient: ['x'] },
  ],
  ['inherited members are not read', { properties: { constructor: { 'x-gateway-fact': 'url' } } }, {}, {}],
];

describe('facts', () => {
  for (const [guarantee, schema, params, facts] of rows) {
    it(guarantee, () => {
      assert.deepEqual(compileFacts(schema)(params), { url: [], model: [], recipient: [], ...facts });
    });
  }

  const fact = { 'x-gateway-fact': 'url' };
  const unusable: [guarantee: string, schema: JsonSchema][] = [
    ['below patternProperties', { patternProperties: { '^u': fact } }],
    [
      'below definitions that are referred to',
      { $defs: { u: fact }, properties: { url: { $ref: '#/$defs/u' } } },
    ],
    ['below prefixItems', { properties: { urls: { prefixItems: [fact] } } }],
    ['below if', { if: { properties: { url: fact } } }],
    ['of an unknown kind', { properties: { url: { 'x-gateway-fact': 'address' } } }],
  ];
  for (const [where, schema] of unusable) {
    it(`an annotation ${where} makes the manifest unusable rather than the guard blind`, () => {
      assert.throws(() => compileFacts(schema));
    });
  }
});
