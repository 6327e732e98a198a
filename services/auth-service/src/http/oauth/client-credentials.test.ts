import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientAssertionType } from '@4runr/contracts/token';
import { parseClientCredentials } from './client-credentials.ts';
import { parseForm } from './form-body.ts';

const encode = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const parse = (authorization: string | undefined, form: Record<string, string> = {}) =>
  parseClientCredentials(parseForm(new URLSearchParams(form).toString()), { authorization });
const assertion = { client_assertion: 'a.b.c', client_assertion_type: clientAssertionType };

describe('client credentials of scheme Basic', () => {
  const rows: Readonly<Record<string, [authorization: string, clientId: string, clientSecret: string]>> = {
    'are id and secret': [encode('agt_1:4rs_x'), 'agt_1', '4rs_x'],
    'may hold a colon in the secret': [encode('agt_1:a:b'), 'agt_1', 'a:b'],
    'are form-encoded each (RFC 6749 section 2.3.1)': [encode('a%3Ab+c:d%25%2B+e'), 'a:b c', 'd%+ e'],
    'may have an empty secret, which is a wrong one': [encode('agt_1:'), 'agt_1', ''],
    'are known in any case of the scheme': [encode('agt_1:x').replace('Basic', 'bAsIc'), 'agt_1', 'x'],
  };
  for (const [name, [authorization, clientId, clientSecret]] of Object.entries(rows)) {
    it(name, () => {
      assert.deepEqual(parse(authorization), { method: 'client_secret_basic', clientId, clientSecret });
    });
  }

  it('may come with their own client_id', () => {
    assert.equal(parse(encode('agt_1:x'), { client_id: 'agt_1' }).clientId, 'agt_1');
  });

  const refused: Readonly<Record<string, [authorization: string, form?: Record<string, string>]>> = {
    'without a colon': [encode('agt_1')],
    'without an id': [encode(':secret')],
    'with an id that no client has, and Postgres cannot store': [encode('a%00:secret')],
    'with escapes that no form has': [encode('agt_1:%zz')],
    'with bytes that are no UTF-8': [encode('%ff%fe:secret')],
    'that are not base64': ['Basic !!!!'],
    'that are empty': ['Basic '],
    'of the scheme alone': ['Basic'],
    'that name two clients': [encode('agt_1:x'), { client_id: 'agt_2' }],
  };
  for (const [name, [authorization, form]] of Object.entries(refused)) {
    it(`${name} are refused with a challenge`, () => {
      assert.throws(() => parse(authorization, form), { code: 'invalid_client', challenge: 'Basic' });
    });
  }
});

describe('client authentication', () => {
  const severalWays: Readonly<
    Record<string, [authorization: string | undefined, form: Record<string, string>]>
  > = {
    'a secret in the header and an assertion': [encode('agt_1:x'), assertion],
    'a secret in the header and one in the body': [encode('agt_1:x'), { client_secret: 'x' }],
    'an assertion and a secret in the body': [undefined, { ...assertion, client_secret: 'x' }],
  };
  for (const [name, [authorization, form]] of Object.entries(severalWays)) {
    it(`by ${name} is refused as more than one way`, () => {
      assert.throws(() => parse(authorization, form), { code: 'invalid_request' });
    });
  }

  it('by a secret in the body is not offered', () => {
    const form = { client_id: 'agt_1', client_secret: 'x' };
    assert.throws(() => parse(undefined, form), { code: 'invalid_client', reason: 'unsupported' });
  });

  it('by another scheme is answered with a challenge of that scheme, if it can be one', () => {
    assert.throws(() => parse('Digest x'), { code: 'invalid_client', challenge: 'Digest' });
    assert.throws(() => parse('"\\ x'), { code: 'invalid_client', challenge: undefined });
  });
});
