import assert from 'node:assert/strict';
import { createHmac, createPublicKey, KeyObject, randomUUID, type webcrypto } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { clientAssertionType } from '@4runr/contracts/token';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { registerAgent } from './mesh/agents.ts';
import { type Answer, ask, stack, tokenOf } from './mesh/gateway.ts';
import { tamperings } from './mesh/tamperings.ts';

/** No token is given to who is not the client that it would be for. */

const { edge } = stack();
let clientId: string;
let key: CryptoKey;
let publicPem: string;
let foreign: Awaited<ReturnType<typeof generateKeyPair>>;
before(async () => {
  const agent = await registerAgent({ role: 'scraper' });
  assert.ok('privateKey' in agent);
  ({ clientId, privateKey: key } = agent);
  publicPem = createPublicKey(KeyObject.from(key as webcrypto.CryptoKey))
    .export({ type: 'spki', format: 'pem' })
    .toString();
  foreign = await generateKeyPair('RS256');
});

const now = () => Math.floor(Date.now() / 1_000);

interface Change {
  readonly claims?: object;
  readonly header?: object;
  readonly by?: CryptoKey;
}

/** An assertion that is right, but for the change. */
function assertion({ claims, header, by = key }: Change = {}): Promise<string> {
  const right = {
    iss: clientId,
    sub: clientId,
    aud: edge.https,
    jti: randomUUID(),
    iat: now(),
    exp: now() + 60,
  };
  return new SignJWT({ ...right, ...claims })
    .setProtectedHeader({ alg: 'RS256', ...header } as JWTHeaderParameters)
    .sign(by);
}

function present(clientAssertion: string): Promise<Answer> {
  return ask('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: clientAssertionType,
      client_assertion: clientAssertion,
    }).toString(),
  });
}

function assertRefused(answer: Answer): void {
  const { error } = answer.json as { error: string };
  assert.deepEqual([answer.status, error], [401, 'invalid_client'], answer.text);
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What is protected, and what is tried against it. */
const attacks: Readonly<Record<string, Readonly<Record<string, () => Promise<string> | string>>>> = {
  'only its own key proves who a client is': {
    'one by somebody else’s key': () => assertion({ by: foreign.privateKey }),
    'one by a key that it brings along': async () =>
      assertion({ by: foreign.privateKey, header: { jwk: await exportJWK(foreign.publicKey) } }),
    'one by a key that lies elsewhere': () =>
      assertion({ by: foreign.privateKey, header: { jku: 'https://elsewhere.test/jwks.json' } }),
    'one without a signature (alg none)': async () =>
      `${encode({ alg: 'none' })}.${(await assertion()).split('.')[1]}.`,
    'one by HS256, with its public key as the secret': async () => {
      const signed = `${encode({ alg: 'HS256' })}.${(await assertion()).split('.')[1]}`;
      return `${signed}.${createHmac('sha256', publicPem).update(signed).digest('base64url')}`;
    },
    'one of another client': () => assertion({ claims: { iss: 'agt_other', sub: 'agt_other' } }),
    'one that one client makes for another': () => assertion({ claims: { iss: 'agt_other' } }),
  },
  'an assertion is for us alone': {
    'one for another audience': () => assertion({ claims: { aud: 'https://elsewhere.test' } }),
    'one for the token endpoint in place of the issuer': () =>
      assertion({ claims: { aud: `${edge.https}/oauth/token` } }),
    'one for us and somebody else': () =>
      assertion({ claims: { aud: [edge.https, 'https://elsewhere.test'] } }),
  },
  'an assertion lives for minutes': {
    'one that has ended': () => assertion({ claims: { iat: now() - 600, exp: now() - 60 } }),
    'one that is not valid yet': () => assertion({ claims: { nbf: now() + 120 } }),
    'one for an hour': () => assertion({ claims: { exp: now() + 3_600 } }),
    'one that was made long ago for this very minute': () =>
      assertion({ claims: { iat: now() - 86_400, exp: now() + 60 } }),
    'one without an end': () => assertion({ claims: { exp: undefined } }),
    'one that could be used again and again (no jti)': () => assertion({ claims: { jti: undefined } }),
  },
  'nothing else passes for an assertion': {
    'one of the type of an access token': () => assertion({ header: { typ: 'at+jwt' } }),
    'one that asks for an extension nobody knows (crit)': async () =>
      `${encode({ alg: 'RS256', crit: ['x'], x: 1 })}.${(await assertion()).split('.').slice(1).join('.')}`,
    'an access token': () => tokenOf('scraper'),
    garbage: () => 'garbage',
  },
};

for (const [guarantee, rows] of Object.entries(attacks)) {
  describe(`${guarantee}: no token is given for`, () => {
    for (const [what, forge] of Object.entries(rows)) {
      it(what, async () => assertRefused(await present(await forge())));
    }
  });
}

describe('a token is given for an assertion', () => {
  it('once', async () => {
    const used = await assertion();
    assert.equal((await present(used)).status, 200);
    assertRefused(await present(used));
  });

  it('of which no part was changed', async () => {
    for (const changed of tamperings(await assertion())) assertRefused(await present(changed));
  });

  it('that is right', async () => {
    assert.equal((await present(await assertion())).status, 200);
  });
});

describe('an agent’s token opens no endpoint of operators', () => {
  const rows = [
    ['GET', '/v1/agents'],
    ['POST', '/v1/agents'],
    ['GET', '/v1/agents/agt_00000000000000000000'],
    ['PATCH', '/v1/agents/agt_00000000000000000000'],
    ['DELETE', '/v1/agents/agt_00000000000000000000'],
    ['POST', '/v1/agents/agt_00000000000000000000/keys'],
    ['DELETE', '/v1/agents/agt_00000000000000000000/keys/k'],
    ['POST', '/v1/agents/agt_00000000000000000000/revoke-tokens'],
    ['GET', '/v1/policies'],
    ['GET', '/v1/policies/scraper'],
    ['GET', '/v1/audit'],
    ['PUT', '/v1/credentials/serpapi'],
    ['GET', '/v1/credentials'],
    ['GET', '/v1/credentials/serpapi'],
    ['DELETE', '/v1/credentials/serpapi'],
    ['GET', '/v1/faults/serpapi'],
    ['PUT', '/v1/faults/serpapi'],
    ['DELETE', '/v1/faults/serpapi'],
    ['DELETE', '/v1/cache/serpapi'],
  ] as const;
  for (const [method, path] of rows) {
    it(`${method} ${path}`, async () => {
      const answer = await ask(path, {
        method,
        headers: { authorization: `Bearer ${await tokenOf('scraper')}`, 'content-type': 'application/json' },
        ...(method === 'GET' ? {} : { body: '{}' }),
      });
      assert.deepEqual([answer.status, (answer.json as { code: string }).code], [403, 'scope.insufficient']);
    });
  }
});
