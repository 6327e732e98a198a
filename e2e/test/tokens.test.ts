import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { before, describe, it } from 'node:test';
import type { ProblemCode } from '@4runr/contracts/problem';
import { decodeJwt, decodeProtectedHeader, exportJWK, type JWTPayload, SignJWT } from 'jose';
import { ask, callTool, problemOf, stack, tokenOf } from './mesh/gateway.ts';
import { signAsIssuer } from './mesh/issuer.ts';
import { tamperings } from './mesh/tamperings.ts';

const search = { q: 'tea' };
const { privateKey: foreignKey, publicKey: foreignPublicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
});

let token: string;
let claims: JWTPayload;
before(async () => {
  token = await tokenOf('scraper');
  claims = decodeJwt(token);
});

const hourAgo = Math.floor(Date.now() / 1_000) - 3_600;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with all that is right, signed by somebody else, whose header says something more. */
function signForeign(header: object): Promise<string> {
  const { alg = '', kid = '', typ = '' } = decodeProtectedHeader(token);
  return new SignJWT(claims).setProtectedHeader({ alg, kid, typ, ...header }).sign(foreignKey);
}

const forgeries: Readonly<Record<string, [code: ProblemCode, forge: () => string | Promise<string>]>> = {
  'that has ended': ['token.expired', () => signAsIssuer({ ...claims, iat: hourAgo, exp: hourAgo + 900 })],
  'of another audience': ['token.invalid', () => signAsIssuer({ ...claims, aud: 'https://elsewhere.test' })],
  'of another issuer': ['token.invalid', () => signAsIssuer({ ...claims, iss: 'https://elsewhere.test' })],
  'that is not valid yet': [
    'token.invalid',
    () => signAsIssuer({ ...claims, nbf: Math.floor(Date.now() / 1_000) + 600 }),
  ],
  'that names no client': ['token.invalid', () => signAsIssuer({ ...claims, client_id: '' })],
  'that is not an access token': ['token.invalid', () => signAsIssuer(claims, 'JWT')],
  'without an end': [
    'token.invalid',
    () => {
      const { exp, ...endless } = claims;
      return signAsIssuer(endless);
    },
  ],
  'signed by somebody else in the name of our key': ['token.invalid', () => signForeign({})],
  'signed by an unknown key': [
    'token.invalid',
    () =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'nobody', typ: 'at+jwt' }).sign(foreignKey),
  ],
  'signed by a key that it brings along': [
    'token.invalid',
    async () => signForeign({ jwk: await exportJWK(foreignPublicKey) }),
  ],
  'that says where its key is (jku)': [
    'token.invalid',
    () => signForeign({ jku: 'https://elsewhere.test/jwks.json' }),
  ],
  'that says where its certificate is (x5u)': [
    'token.invalid',
    () => signForeign({ x5u: 'https://elsewhere.test/key.pem' }),
  ],
  'that asks for an extension nobody knows (crit)': [
    'token.invalid',
    () =>
      `${encode({ ...decodeProtectedHeader(token), crit: ['exp'], exp: 1 })}.${token.split('.').slice(1).join('.')}`,
  ],
  ...Object.fromEntries(
    ['../../../../etc/passwd', "' or 1=1 --", '\u0000', 'k'.repeat(4_000), '__proto__', 7, null, {}].map(
      (kid) => [
        `whose kid is ${JSON.stringify(kid).slice(0, 30)}`,
        ['token.invalid', () => signForeign({ kid: kid as string })] satisfies [
          ProblemCode,
          () => Promise<string>,
        ],
      ],
    ),
  ),
  'that is cut off': ['token.invalid', () => token.slice(0, -10)],
  'of a hundred segments': ['token.invalid', () => Array(100).fill('e30').join('.')],
  'of seven thousand characters': ['token.invalid', () => `${token}${'A'.repeat(7_000 - token.length)}`],
  'whose claims were changed': [
    'token.invalid',
    () => {
      const [header, , signature] = token.split('.');
      return [header, encode({ ...claims, role: 'engager' }), signature].join('.');
    },
  ],
  'without signature': [
    'token.invalid',
    () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.`,
  ],
  'signed with the public key as a secret': [
    'token.invalid',
    async () => {
      const { json } = await ask('/.well-known/jwks.json');
      const [key] = (json as { keys: object[] }).keys;
      const signed = `${encode({ ...decodeProtectedHeader(token), alg: 'HS256' })}.${encode(claims)}`;
      return `${signed}.${createHmac('sha256', JSON.stringify(key)).update(signed).digest('base64url')}`;
    },
  ],
};

describe('no call is made with a token', () => {
  for (const [what, [code, forge]] of Object.entries(forgeries)) {
    it(what, async () => {
      const answer = await callTool('serpapi/search', search, { token: await forge() });
      assert.equal(problemOf(answer).code, code);
      assert.match(String(answer.headers['www-authenticate']), /error="invalid_token"/);
    });
  }

  it('of which any part was changed', async () => {
    for (const changed of tamperings(token)) {
      const answer = await callTool('serpapi/search', search, { token: changed });
      assert.equal(answer.status, 401, changed);
    }
  });

  it('that is larger than any header may be', async () => {
    const answer = await callTool('serpapi/search', search, { token: 'A'.repeat(100_000), over: 'http' });
    assert.equal(problemOf(answer).code, 'headers.too_large');
  });

  it('in another scheme', async () => {
    const headers = { authorization: `Basic ${token}` };
    const answer = await callTool('serpapi/search', search, { headers });
    assert.equal(problemOf(answer).code, 'token.invalid');
  });

  it('but one that is signed by the mesh, over plain HTTP as well', async () => {
    const answer = await callTool('serpapi/search', search, {
      token: await signAsIssuer(claims),
      over: 'http',
    });
    assert.equal(answer.status, 200, answer.text);
  });
});

describe('the token endpoint answers as RFC 6749 section 5.2 has it', () => {
  const form = 'application/x-www-form-urlencoded';
  const grant = (body: string, type = form) =>
    ask('/oauth/token', { method: 'POST', body, headers: { 'content-type': type } });
  const assertion = (value: string) =>
    'grant_type=client_credentials&client_assertion_type=' +
    `${encodeURIComponent('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')}&client_assertion=${value}`;

  const refusals: Readonly<Record<string, [error: string, body: string, type?: string]>> = {
    'no client': ['invalid_client', 'grant_type=client_credentials'],
    'another grant': [
      'unsupported_grant_type',
      `${assertion('x').replace('client_credentials', 'password')}`,
    ],
    'a garbage assertion': ['invalid_client', assertion('garbage')],
    'an access token as assertion': ['invalid_client', assertion('eyJhbGciOiJub25lIn0.e30.')],
    'a body in JSON': ['invalid_request', '{}', 'application/json'],
  };
  for (const [what, [error, body, type]] of Object.entries(refusals)) {
    it(`to ${what}`, async () => {
      const answer = await grant(body, type);
      assert.ok([400, 401].includes(answer.status), answer.text);
      assert.equal((answer.json as { error: string }).error, error);
      assert.match(String(answer.headers['x-correlation-id']), /^[0-9a-f]{32}$/);
    });
  }

  it('names the edge as issuer, whatever Host was asked for', async () => {
    const answer = await ask('/.well-known/oauth-authorization-server', {
      headers: { host: 'evil.test' },
      over: 'http',
    });
    assert.equal((answer.json as { issuer: string }).issuer, stack().edge.https);
  });
});
