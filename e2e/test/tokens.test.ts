import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { before, describe, it } from 'node:test';
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

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with all that is right, signed by somebody else, whose header says something more. */
function signForeign(header: object): Promise<string> {
  const { alg = '', kid = '', typ = '' } = decodeProtectedHeader(token);
  return new SignJWT(claims).setProtectedHeader({ alg, kid, typ, ...header }).sign(foreignKey);
}

type Forge = () => string | Promise<string>;

/** HS256 over the public key in each form that a careless verifier may take for a secret. */
const publicKeySecrets: Readonly<Record<string, (jwk: JsonWebKey) => string | Buffer>> = {
  'its JWK': (jwk) => JSON.stringify(jwk),
  'its PEM': (jwk) => createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
  'its DER': (jwk) => createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' }),
};

async function signWithPublicKey(secretOf: (jwk: JsonWebKey) => string | Buffer): Promise<string> {
  const { json } = await ask('/.well-known/jwks.json');
  const { kid } = decodeProtectedHeader(token);
  const key = (json as { keys: (JsonWebKey & { kid: string })[] }).keys.find((each) => each.kid === kid);
  assert.ok(key !== undefined);
  const signed = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secretOf(key)).update(signed).digest('base64url')}`;
}

/** The token under another header, its claims and signature as they are. */
const withHeader = (header: object) =>
  [encode({ ...decodeProtectedHeader(token), ...header }), ...token.split('.').slice(1)].join('.');

const now = () => Math.floor(Date.now() / 1_000);

/** What is protected, and what is tried against it. */
const attacks: Readonly<Record<string, Readonly<Record<string, Forge>>>> = {
  'only our issuer makes tokens': {
    'signed by somebody else in the name of our key': () => signForeign({}),
    'signed by an unknown key': () => signForeign({ kid: 'nobody' }),
    'without signature': () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.`,
    'of another issuer': () => signAsIssuer({ ...claims, iss: 'https://elsewhere.test' }),
    ...Object.fromEntries(
      Object.entries(publicKeySecrets).map(([what, secretOf]) => [
        `by HS256, with our public key as the secret: ${what}`,
        () => signWithPublicKey(secretOf),
      ]),
    ),
  },
  'nothing in a header chooses the key': {
    'a key that it brings along (jwk)': async () => signForeign({ jwk: await exportJWK(foreignPublicKey) }),
    'a key that lies elsewhere (jku)': () => signForeign({ jku: 'https://elsewhere.test/jwks.json' }),
    'a certificate that lies elsewhere (x5u)': () => signForeign({ x5u: 'https://elsewhere.test/key.pem' }),
    'a certificate that it brings along (x5c)': () => signForeign({ x5c: ['MIIB'] }),
    ...Object.fromEntries(
      ['../../../../etc/passwd', "' or 1=1 --", '\u0000', 'k'.repeat(4_000), '__proto__', 7, null, {}].map(
        (kid) => [
          `a hostile kid: ${JSON.stringify(kid).slice(0, 30)}`,
          () => signForeign({ kid: kid as string }),
        ],
      ),
    ),
  },
  'a token is taken for what it is, and for us': {
    'one of another audience': () => signAsIssuer({ ...claims, aud: 'https://elsewhere.test' }),
    'one that is no access token': () => signAsIssuer(claims, 'JWT'),
    'one that names no client': () => signAsIssuer({ ...claims, client_id: '' }),
    'one that asks for an extension nobody knows (crit)': () => withHeader({ crit: ['exp'], exp: 1 }),
  },
  'a token lives in its time alone': {
    'one without an end': () => {
      const { exp, ...endless } = claims;
      return signAsIssuer(endless);
    },
    'one that is not valid yet': () => signAsIssuer({ ...claims, nbf: now() + 600 }),
  },
  'a token is whole': {
    'one whose claims were changed': () => {
      const [header, , signature] = token.split('.');
      return [header, encode({ ...claims, role: 'engager' }), signature].join('.');
    },
    'one that is cut off': () => token.slice(0, -10),
    'one of a hundred segments': () => Array(100).fill('e30').join('.'),
    'one of seven thousand characters': () => `${token}${'A'.repeat(7_000 - token.length)}`,
  },
};

for (const [guarantee, rows] of Object.entries(attacks)) {
  describe(`${guarantee}: no call is made with`, () => {
    for (const [what, forge] of Object.entries(rows)) {
      it(what, async () => {
        const answer = await callTool('serpapi/search', search, { token: await forge() });
        assert.equal(problemOf(answer).code, 'token.invalid');
        assert.match(String(answer.headers['www-authenticate']), /error="invalid_token"/);
      });
    }
  });
}

describe('a call is made with a token', () => {
  it('that is signed by the mesh, over plain HTTP as well', async () => {
    const answer = await callTool('serpapi/search', search, {
      token: await signAsIssuer(claims),
      over: 'http',
    });
    assert.equal(answer.status, 200, answer.text);
  });

  it('that has not ended: one that has is told so', async () => {
    const ended = await signAsIssuer({ ...claims, iat: now() - 3_600, exp: now() - 2_700 });
    assert.equal(problemOf(await callTool('serpapi/search', search, { token: ended })).code, 'token.expired');
  });

  it('of which no part was changed', async () => {
    for (const changed of tamperings(token)) {
      const answer = await callTool('serpapi/search', search, { token: changed });
      assert.equal(answer.status, 401, changed);
    }
  });

  it('that a header can hold', async () => {
    const answer = await callTool('serpapi/search', search, { token: 'A'.repeat(100_000), over: 'http' });
    assert.equal(problemOf(answer).code, 'headers.too_large');
  });

  it('in its own scheme', async () => {
    const headers = { authorization: `Basic ${token}` };
    const answer = await callTool('serpapi/search', search, { headers });
    assert.equal(problemOf(answer).code, 'token.invalid');
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
