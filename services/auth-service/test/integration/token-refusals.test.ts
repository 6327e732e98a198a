import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { CreateAgentResponse } from '@4runr/contracts/agent';
import { oauthErrorSchema } from '@4runr/contracts/token';
import { exportSPKI, importJWK, SignJWT } from 'jose';
import {
  type AuthServiceUnderTest,
  issuer,
  operatorClientId,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import {
  type ClientKey,
  correctClaims,
  generateClientKey,
  nowSeconds,
  tokenForm,
} from '../fixtures/client-key.ts';

let service: AuthServiceUnderTest;
let agent: CreateAgentResponse;
let key: ClientKey;
let foreignKey: ClientKey;
let ecKey: ClientKey;
before(async () => {
  service = await startAuthService();
  [key, foreignKey, ecKey] = await Promise.all([
    generateClientKey('RS256'),
    generateClientKey('RS256'),
    generateClientKey('ES256'),
  ]);
  agent = await registerAgent(service, [key]);
});
after(() => service.stop());

async function refusalOf(response: Response): Promise<string> {
  const { error } = oauthErrorSchema.parse(await response.json());
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.ok(response.headers.get('x-correlation-id'));
  return `${response.status} ${error}`;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const assertion = (claims: Readonly<Record<string, unknown>>, header = {}) =>
  key.assert(agent.clientId, issuer, { claims, header });

/** `{header}.{claims}` with a signature of the caller's making. */
function forge(header: object, sign: (input: string) => string): string {
  const input = `${encode(header)}.${encode(correctClaims(agent.clientId, issuer))}`;
  return `${input}.${sign(input)}`;
}

/** Changes one segment of an assertion and leaves its signature as it was. */
function tamper(token: string, segment: 0 | 1, change: (part: object) => object): string {
  const parts = token.split('.');
  parts[segment] = encode(
    change(JSON.parse(Buffer.from(parts[segment] ?? '', 'base64url').toString('utf8'))),
  );
  return parts.join('.');
}

/** Why an attempt has to fail: an attack that stumbles over something else proves nothing. */
const because = {
  alg: 'The header of the client assertion is not acceptable: alg',
  typ: 'The header of the client assertion is not acceptable: typ',
  crit: 'The header of the client assertion is not acceptable: crit',
  form: 'The client assertion is not a signed JWT of acceptable size',
  proof: 'Client authentication failed',
  parties: 'iss and sub of the client assertion must both be the client_id',
  audience: `aud of the client assertion must be ${issuer} alone`,
  expired: 'The client assertion has expired',
  tooLong: 'exp of the client assertion is over 300 s ahead',
  livesTooLong: 'exp of the client assertion is over 300 s after its iat',
  early: 'The client assertion is not valid yet',
  claim: (name: string) => `The client assertion lacks an acceptable claim: ${name}`,
};

interface Attack {
  readonly guarantee: string;
  readonly because: string;
  readonly attempt: () => Promise<string> | string;
}

const attacks: readonly Attack[] = [
  {
    guarantee: 'an unsigned assertion proves nothing',
    because: because.form,
    attempt: () => forge({ alg: 'none' }, () => ''),
  },
  {
    guarantee: 'an assertion that claims alg none is refused whatever its signature holds',
    because: because.alg,
    attempt: () => forge({ alg: 'none' }, () => 'c2ln'),
  },
  {
    guarantee: 'a public key is never taken for an HMAC secret',
    because: because.alg,
    attempt: async () => {
      const publicKey = await importJWK(key.publicJwk, 'RS256');
      const pem = await exportSPKI(publicKey as Parameters<typeof exportSPKI>[0]);
      return forge({ alg: 'HS256' }, (input) => createHmac('sha256', pem).update(input).digest('base64url'));
    },
  },
  {
    guarantee: 'only the registered key signs for an agent',
    because: because.proof,
    attempt: () => foreignKey.assert(agent.clientId, issuer),
  },
  {
    guarantee: 'naming the registered kid does not make a foreign key pass',
    because: because.proof,
    attempt: () => foreignKey.assert(agent.clientId, issuer, { header: { kid: agent.jwks.keys[0]?.kid } }),
  },
  {
    guarantee: 'a key of another kind does not pass',
    because: because.proof,
    attempt: () => ecKey.assert(agent.clientId, issuer),
  },
  {
    guarantee: 'an unknown kid is not answered with any key',
    because: because.proof,
    attempt: () => assertion({}, { kid: 'unknown' }),
  },
  {
    guarantee: 'a kid is a name, neither a path nor a query',
    because: because.proof,
    attempt: () => assertion({}, { kid: "../../etc/passwd' or 1=1 --" }),
  },
  {
    guarantee: 'a key that comes with the assertion is not trusted',
    because: because.proof,
    attempt: () => foreignKey.assert(agent.clientId, issuer, { header: { jwk: foreignKey.publicJwk } }),
  },
  {
    guarantee: 'keys are never fetched from where an assertion says',
    because: because.proof,
    attempt: () =>
      foreignKey.assert(agent.clientId, issuer, {
        header: { jku: 'http://127.0.0.1:1/jwks', x5u: 'http://127.0.0.1:1/x5u' },
      }),
  },
  {
    guarantee: 'a critical extension that is not understood is not ignored',
    because: because.crit,
    attempt: () => {
      const header = { alg: 'RS256', crit: ['exp'], exp: 1 };
      return new SignJWT(correctClaims(agent.clientId, issuer))
        .setProtectedHeader(header)
        .sign(key.privateKey, { crit: { exp: true } });
    },
  },
  {
    guarantee: 'an access token is not a client assertion',
    because: because.typ,
    attempt: () => assertion({}, { typ: 'at+jwt' }),
  },
  {
    guarantee: 'an assertion of an unknown type is refused',
    because: because.typ,
    attempt: () => assertion({}, { typ: 'dpop+jwt' }),
  },
  {
    guarantee: 'iss is the client',
    because: because.parties,
    attempt: () => assertion({ iss: operatorClientId }),
  },
  {
    guarantee: 'sub is the client',
    because: because.parties,
    attempt: () => assertion({ sub: operatorClientId }),
  },
  {
    guarantee: 'an agent’s key does not make an operator',
    because: because.proof,
    attempt: () => assertion({ iss: operatorClientId, sub: operatorClientId }),
  },
  {
    guarantee: 'an unknown client is refused',
    because: because.proof,
    attempt: () => assertion({ iss: 'agt_x', sub: 'agt_x' }),
  },
  {
    guarantee: 'a client id that Postgres cannot store is refused',
    because: because.claim('iss'),
    attempt: () => assertion({ iss: 'a\0', sub: 'a\0' }),
  },
  {
    guarantee: 'an assertion without sub is refused',
    because: because.claim('sub'),
    attempt: () => assertion({ sub: undefined }),
  },
  {
    guarantee: 'an assertion for another server is refused',
    because: because.audience,
    attempt: () => assertion({ aud: 'https://other.test' }),
  },
  {
    guarantee: 'the token endpoint’s URL is not the audience',
    because: because.audience,
    attempt: () => assertion({ aud: `${issuer}/oauth/token` }),
  },
  {
    guarantee: 'the audience is compared exactly',
    because: because.audience,
    attempt: () => assertion({ aud: `${issuer}/` }),
  },
  {
    guarantee: 'an assertion that another server could replay here is refused',
    because: because.claim('aud'),
    attempt: () => assertion({ aud: [issuer, 'https://other.test'] }),
  },
  {
    guarantee: 'an assertion without audience is refused',
    because: because.claim('aud'),
    attempt: () => assertion({ aud: undefined }),
  },
  {
    guarantee: 'an expired assertion is refused',
    because: because.expired,
    attempt: () => assertion({ exp: nowSeconds() - 31 }),
  },
  {
    guarantee: 'an assertion without end is refused',
    because: because.claim('exp'),
    attempt: () => assertion({ exp: undefined }),
  },
  {
    guarantee: 'an assertion lives for five minutes at most',
    because: because.tooLong,
    attempt: () => assertion({ exp: nowSeconds() + 340 }),
  },
  {
    guarantee: 'an assertion lives for five minutes at most, however near its end is',
    because: because.livesTooLong,
    attempt: () => assertion({ iat: nowSeconds() - 365 * 86_400, exp: nowSeconds() + 200 }),
  },
  { guarantee: 'exp is a number', because: because.claim('exp'), attempt: () => assertion({ exp: 'soon' }) },
  {
    guarantee: 'an assertion is not used before its nbf',
    because: because.early,
    attempt: () => assertion({ nbf: nowSeconds() + 60 }),
  },
  {
    guarantee: 'an assertion of the future is refused',
    because: because.early,
    attempt: () => assertion({ iat: nowSeconds() + 60 }),
  },
  {
    guarantee: 'an assertion without jti is refused',
    because: because.claim('jti'),
    attempt: () => assertion({ jti: undefined }),
  },
  { guarantee: 'an empty jti is none', because: because.claim('jti'), attempt: () => assertion({ jti: '' }) },
  {
    guarantee: 'the length of a jti is bounded',
    because: because.claim('jti'),
    attempt: () => assertion({ jti: 'j'.repeat(257) }),
  },
  {
    guarantee: 'an oversized assertion is not looked at',
    because: because.form,
    attempt: () => assertion({ pad: 'p'.repeat(8_192) }),
  },
  {
    guarantee: 'a truncated assertion is refused',
    because: because.proof,
    // To a whole number of bytes: what is left is well-formed.
    attempt: async () => (await assertion({})).slice(0, -6),
  },
  {
    guarantee:
      'an assertion has one spelling: bits of its last character that no decoder reads are no other token',
    because: because.form,
    attempt: async () => `${(await assertion({})).slice(0, -1)}B`,
  },
  { guarantee: 'garbage is refused', because: because.form, attempt: () => 'garbage' },
  { guarantee: 'an encrypted JWT is no assertion', because: because.form, attempt: () => 'a.b.c.d.e' },
  {
    guarantee: 'RS256 is not made with a key of under 2048 bits',
    because: because.proof,
    attempt: async () => {
      const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey;
      const { createSign } = await import('node:crypto');
      return forge({ alg: 'RS256' }, (input) =>
        createSign('sha256').update(input).sign(weak).toString('base64url'),
      );
    },
  },
  {
    guarantee: 'a changed header is seen, though it reads well',
    because: because.proof,
    attempt: async () => tamper(await assertion({}), 0, (header) => ({ ...header, kty: 'RSA' })),
  },
  {
    guarantee: 'a changed algorithm of the same key is seen',
    because: because.proof,
    attempt: async () => tamper(await assertion({}), 0, (header) => ({ ...header, alg: 'PS256' })),
  },
  {
    guarantee: 'changed claims are seen, though they read well',
    because: because.proof,
    attempt: async () => tamper(await assertion({}), 1, (claims) => ({ ...claims, jti: randomUUID() })),
  },
  {
    guarantee: 'a changed signature is seen',
    because: because.proof,
    attempt: async () => {
      const [header, claims, signature = ''] = (await assertion({})).split('.');
      return `${header}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    },
  },
];

describe('an assertion that is not right is answered 401 invalid_client', () => {
  for (const { guarantee, because, attempt } of attacks) {
    it(guarantee, async () => {
      const response = await postToken(service.url, tokenForm(await attempt()));
      const body = oauthErrorSchema.parse(await response.clone().json());
      assert.equal(body.error_description, because);
      assert.equal(await refusalOf(response), '401 invalid_client');
    });
  }

  it('an unknown client and a wrong key get the same answer', async () => {
    const wrongKey = await postToken(service.url, tokenForm(await foreignKey.assert(agent.clientId, issuer)));
    const unknown = await postToken(service.url, tokenForm(await foreignKey.assert('agt_unknown', issuer)));
    const comparable = async (response: Response) => ({
      status: response.status,
      body: await response.text(),
      headers: [...response.headers].filter(([name]) => !['date', 'x-correlation-id'].includes(name)),
    });
    assert.deepEqual(await comparable(unknown), await comparable(wrongKey));
  });
});

describe('an assertion is used once', () => {
  it('a second use is refused', async () => {
    const form = tokenForm(await assertion({}));
    assert.equal((await postToken(service.url, form)).status, 200);
    assert.equal(await refusalOf(await postToken(service.url, form)), '401 invalid_client');
  });

  it('of many uses at once on two replicas exactly one succeeds', async () => {
    const replica = await service.startReplica();
    const form = tokenForm(await assertion({}));
    const attempts = Array.from({ length: 20 }, (_, index) =>
      postToken(index % 2 ? replica.url : service.url, form),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, 1);
    assert.equal(statuses.filter((status) => status === 401).length, 19);
  });

  it('a jti belongs to its client: another one may use the same', async () => {
    const jti = randomUUID();
    assert.equal((await postToken(service.url, tokenForm(await assertion({ jti })))).status, 200);
    const other = await service.operatorKey.assert(operatorClientId, issuer, { claims: { jti } });
    assert.equal((await postToken(service.url, tokenForm(other))).status, 200);
  });

  it('a forged assertion does not use up the jti of a genuine one', async () => {
    const jti = randomUUID();
    const forged = await foreignKey.assert(agent.clientId, issuer, { claims: { jti } });
    assert.equal((await postToken(service.url, tokenForm(forged))).status, 401);
    assert.equal((await postToken(service.url, tokenForm(await assertion({ jti })))).status, 200);
  });
});

describe('a request that is not right', () => {
  const rows: readonly { guarantee: string; change: Record<string, string | undefined>; answer: string }[] = [
    { guarantee: 'a grant is required', change: { grant_type: undefined }, answer: '400 invalid_request' },
    { guarantee: 'an empty grant is none', change: { grant_type: '' }, answer: '400 invalid_request' },
    {
      guarantee: 'other grants are refused',
      change: { grant_type: 'password' },
      answer: '400 unsupported_grant_type',
    },
    {
      guarantee: 'token exchange needs a token to exchange',
      change: { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' },
      answer: '400 invalid_request',
    },
    {
      guarantee: 'clients authenticate',
      change: { client_assertion: undefined },
      answer: '401 invalid_client',
    },
    {
      guarantee: 'the kind of assertion is named',
      change: { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
      answer: '400 invalid_request',
    },
    {
      guarantee: 'client_id does not contradict the assertion',
      change: { client_id: 'other' },
      answer: '401 invalid_client',
    },
    {
      guarantee: 'secrets in the body are not taken',
      change: { client_assertion: undefined, client_id: 'x', client_secret: 'x' },
      answer: '401 invalid_client',
    },
    {
      guarantee: 'an assertion and a secret in the body are two ways at once',
      change: { client_secret: 'x' },
      answer: '400 invalid_request',
    },
    {
      guarantee: 'tokens are for the gateway alone',
      change: { resource: 'https://other.test' },
      answer: '400 invalid_target',
    },
    {
      guarantee: 'agents get no scope of operators',
      change: { scope: 'agents:read' },
      answer: '400 invalid_scope',
    },
    {
      guarantee: 'agents get no wildcard over operators',
      change: { scope: 'policies:*' },
      answer: '400 invalid_scope',
    },
    {
      guarantee: 'one wrong scope spoils the request',
      change: { scope: 'serpapi:search audit:read' },
      answer: '400 invalid_scope',
    },
    { guarantee: 'scopes have a form', change: { scope: 'everything' }, answer: '400 invalid_scope' },
    {
      guarantee: 'the number of scopes is bounded',
      change: { scope: Array.from({ length: 60 }, (_, i) => `a:b${i}`).join(' ') },
      answer: '400 invalid_scope',
    },
  ];
  for (const { guarantee, change, answer } of rows) {
    it(`${guarantee}: ${answer}`, async () => {
      const response = await postToken(service.url, tokenForm(await assertion({}), change));
      assert.equal(await refusalOf(response), answer);
    });
  }

  it('operators get no scope of tools: 400 invalid_scope', async () => {
    const form = tokenForm(await service.operatorKey.assert(operatorClientId, issuer), {
      scope: 'serpapi:search',
    });
    assert.equal(await refusalOf(await postToken(service.url, form)), '400 invalid_scope');
  });

  const foreignTargets = ['https://other.test', `${issuer}//`, `${issuer}/v1`, `${issuer}#a`, '/'];
  for (const target of foreignTargets) {
    it(`a resource that is not the gateway is refused beside one that is, ${target}: 400 invalid_target`, async () => {
      for (const targets of [
        [issuer, target],
        [target, issuer],
      ]) {
        const form = tokenForm(await assertion({}));
        for (const each of targets) form.append('resource', each);
        assert.equal(await refusalOf(await postToken(service.url, form)), '400 invalid_target');
      }
    });
  }

  it('a parameter that occurs twice is refused: 400 invalid_request', async () => {
    const form = tokenForm(await assertion({}), { scope: 'serpapi:search' });
    form.append('scope', 'serpapi:images');
    assert.equal(await refusalOf(await postToken(service.url, form)), '400 invalid_request');
  });

  it('a DPoP proof that is none is refused rather than ignored: 400 invalid_dpop_proof', async () => {
    const response = await postToken(service.url, tokenForm(await assertion({})), { dpop: 'a.b.c' });
    assert.equal(await refusalOf(response), '400 invalid_dpop_proof');
  });

  it('HTTP authentication is answered with a challenge of its scheme: 401 invalid_client', async () => {
    const form = tokenForm('', { client_assertion_type: undefined });
    const response = await postToken(service.url, form, { authorization: 'Basic Zm9vOmJhcg==' });
    assert.equal(response.headers.get('www-authenticate'), 'Basic realm="4runr"');
    assert.equal(await refusalOf(response), '401 invalid_client');
  });

  it('two ways of authentication at once are refused: 400 invalid_request', async () => {
    const response = await postToken(service.url, tokenForm(await assertion({})), {
      authorization: 'Basic Zm9vOmJhcg==',
    });
    assert.equal(await refusalOf(response), '400 invalid_request');
  });

  const bodies: readonly { guarantee: string; init: RequestInit; answer: string }[] = [
    {
      guarantee: 'JSON is not a form',
      init: { body: '{}', headers: { 'content-type': 'application/json' } },
      answer: '400 invalid_request',
    },
    { guarantee: 'a body is required', init: {}, answer: '400 invalid_request' },
    {
      guarantee: 'compressed bodies are not taken',
      init: {
        body: 'x',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' },
      },
      answer: '400 invalid_request',
    },
    {
      guarantee: 'the size of the body is bounded',
      init: { body: new URLSearchParams({ a: 'a'.repeat(40_000) }) },
      answer: '413 invalid_request',
    },
  ];
  for (const { guarantee, init, answer } of bodies) {
    it(`${guarantee}: ${answer}`, async () => {
      const response = await fetch(`${service.url}/oauth/token`, { method: 'POST', ...init });
      assert.equal(await refusalOf(response), answer);
    });
  }

  it('another method is answered 405 with the ones there are', async () => {
    for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/introspect']) {
      const response = await fetch(`${service.url}${path}`);
      assert.equal(response.headers.get('allow'), 'POST');
      assert.equal(await refusalOf(response), '405 invalid_request');
    }
  });

  it('a path that is not there is answered 404', async () => {
    for (const path of ['/oauth/', '/oauth/authorize', '/oauth/token/', '/oauth/Token'])
      assert.equal(await refusalOf(await fetch(`${service.url}${path}`)), '404 invalid_request', path);
  });
});
