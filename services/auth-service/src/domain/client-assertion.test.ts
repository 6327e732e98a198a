import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ClientAssertion, parseClientAssertion } from './client-assertion.ts';
import { OAuthError } from './oauth-error.ts';

const issuer = 'https://gateway.test';
const now = 1_760_000_000;
const correct = { iss: 'agt_1', sub: 'agt_1', aud: issuer, jti: 'j1', exp: now + 60 };

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function parse(claims: object, header: object = {}): ClientAssertion {
  const token = `${encode({ alg: 'ES256', ...header })}.${encode({ ...correct, ...claims })}.c2ln`;
  return parseClientAssertion(token, { issuer, nowSeconds: now });
}

function isRefused(claims: object): boolean {
  try {
    parse(claims);
    return false;
  } catch (error) {
    assert.ok(error instanceof OAuthError);
    assert.equal(error.code, 'invalid_client');
    return true;
  }
}

describe('parseClientAssertion', () => {
  it('gives what identifies the assertion, and how long its use has to be remembered', () => {
    const { token: _token, ...assertion } = parse({}, { kid: 'k1' });
    const expected = {
      algorithm: 'ES256',
      kid: 'k1',
      clientId: 'agt_1',
      jti: 'j1',
      usableFromSeconds: now + 60 - 330,
      unusableAtSeconds: now + 90,
    };
    assert.deepEqual(assertion, expected);
  });

  it('takes the issuer as the only member of a list of audiences', () => {
    assert.equal(parse({ aud: [issuer] }).clientId, 'agt_1');
  });

  const bounds: readonly { bound: string; claim: 'exp' | 'iat' | 'nbf'; last: number; step: 1 | -1 }[] = [
    { bound: 'exp lies at most 300 s and the skew ahead', claim: 'exp', last: now + 330, step: 1 },
    { bound: 'exp lies less than the skew back', claim: 'exp', last: now - 29, step: -1 },
    { bound: 'iat lies at most 300 s and the skew before exp', claim: 'iat', last: now - 270, step: -1 },
    { bound: 'iat lies at most the skew ahead', claim: 'iat', last: now + 30, step: 1 },
    { bound: 'nbf lies at most the skew ahead', claim: 'nbf', last: now + 30, step: 1 },
  ];
  for (const { bound, claim, last, step } of bounds) {
    it(`${bound}, to the second`, () => {
      assert.equal(isRefused({ [claim]: last }), false);
      assert.equal(isRefused({ [claim]: last + step }), true);
    });
  }

  it('cannot have been used before it was made; where that is not said, before its exp came near enough', () => {
    const usableFrom = (claims: object) => parse(claims).usableFromSeconds;
    assert.equal(usableFrom({ iat: now - 20 }), now - 20);
    assert.equal(usableFrom({ iat: now - 20, nbf: now - 10 }), now - 10);
    assert.equal(usableFrom({ exp: now + 100 }), now + 100 - 330);
  });

  it('remembers the use of an assertion with a fractional exp to the end', () => {
    assert.equal(parse({ exp: now + 59.2 }).unusableAtSeconds, now + 90);
  });

  it('takes no number that is none', () => {
    for (const exp of [Number.NaN, Number.POSITIVE_INFINITY, -1, null, '1760000060', {}]) {
      assert.equal(isRefused({ exp }), true, String(exp));
    }
  });
});
