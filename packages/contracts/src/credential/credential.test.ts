import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as credential from './index.ts';

describe('examples of the credential contract', () => {
  const rows = [
    ['fields', credential.credentialFieldsSchema, credential.credentialFieldsExample],
    ['description', credential.credentialSchema, credential.credentialExample],
    ['list', credential.credentialListSchema, credential.credentialListExample],
    ['delivery', credential.credentialDeliverySchema, credential.credentialDeliveryExample],
  ] as const;
  for (const [name, schema, example] of rows) {
    it(`${name}: the example passes its schema unchanged`, () => {
      assert.deepEqual(schema.parse(example), example);
    });
  }

  it('a description has no room for a secret', () => {
    const { apiKey } = credential.credentialFieldsExample;
    const described = credential.credentialSchema.parse({ ...credential.credentialExample, apiKey });
    assert.deepEqual(described, credential.credentialExample);
  });
});

const named = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 'x']));

describe('the fields of a credential', () => {
  const accepted: Readonly<Record<string, unknown>> = {
    'twenty members': named(20),
    'a value of 16,384 characters': { privateKey: 'x'.repeat(16_384) },
    'a name of 63 characters': { ['a'.repeat(63)]: 'x' },
    'a value with line breaks, as PEM has': { pem: '-----BEGIN-----\nx\n' },
    'names that objects inherit': { constructor: 'x', toString: 'y' },
  };
  for (const [what, fields] of Object.entries(accepted))
    it(`may be ${what}`, () => assert.deepEqual(credential.credentialFieldsSchema.parse(fields), fields));

  const refused: Readonly<Record<string, unknown>> = {
    'no members': {},
    'twenty-one members': named(21),
    'an empty value': { apiKey: '' },
    'a value over 16,384 characters': { apiKey: 'x'.repeat(16_385) },
    'a value that is no text': { apiKey: 1 },
    'a nested value': { apiKey: { secret: 'x' } },
    'a name that begins with a digit': { '1key': 'x' },
    'a name with other characters': { 'api-key': 'x' },
    'an empty name': { '': 'x' },
    'a name over 63 characters': { ['a'.repeat(64)]: 'x' },
    'a prototype': JSON.parse('{"__proto__":"x"}'),
    'a prototype beside a member': JSON.parse('{"apiKey":"x","__proto__":"y"}'),
    'a list': ['x'],
    text: 'sk-secret',
    nothing: null,
  };
  for (const [what, fields] of Object.entries(refused))
    it(`are refused as ${what}`, () =>
      assert.equal(credential.credentialFieldsSchema.safeParse(fields).success, false));

  it('are refused without repeating a name or value: either may be the secret', () => {
    for (const body of [
      { 'sk-secret': 'x' },
      { 'sk-secret': 1 },
      { apiKey: ['sk-secret'] },
      'sk-secret',
      { a: 'sk-secret'.repeat(2_000) },
    ]) {
      const { error } = credential.credentialFieldsSchema.safeParse(body);
      assert.ok(error !== undefined && !JSON.stringify(error.issues).includes('sk-secret'), error?.message);
    }
  });
});

describe('the delivery of a credential', () => {
  it('is for one version of one tool', () => {
    assert.equal(credential.credentialPurpose('openai', 3), 'credential:openai:3');
    assert.equal(credential.credentialPath('http_fetch'), '/internal/credentials/http_fetch');
  });

  for (const jwe of ['', 'a.b.c', 'a.key.b.c.d', 'a..b.c', '{"apiKey":"x"}'])
    it(`never is ${jwe === '' ? 'nothing' : jwe}`, () => {
      const delivery = { ...credential.credentialDeliveryExample, jwe };
      assert.equal(credential.credentialDeliverySchema.safeParse(delivery).success, false);
    });
});
