import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import type { CreateAgentResponse } from '@4runr/contracts/agent';
import { accessTokenClaimsSchema, oauthErrorSchema, tokenResponseSchema } from '@4runr/contracts/token';
import { generateProofKey, type ProofChange, type ProofKey } from '@4runr/service-kit/testing';
import fc from 'fast-check';
import { decodeJwt } from 'jose';
import {
  type AuthServiceUnderTest,
  basicHeaders,
  headerForm,
  issuer,
  operatorClientId,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { tokenForm } from '../fixtures/client-key.ts';

const edgeUrl = 'http://localhost:8080';
let service: AuthServiceUnderTest;
let agent: CreateAgentResponse;
let key: ProofKey;
let nonce: string;
before(async () => {
  service = await startAuthService({ EDGE_URLS: edgeUrl });
  agent = await registerAgent(service, [], { authMethod: 'client_secret_basic' });
  key = await generateProofKey();
  nonce = (await ask({ claims: { nonce: undefined } })).headers.get('dpop-nonce') ?? '';
});
after(() => service.stop());

const prove = (change: ProofChange = {}, url = `${issuer}/oauth/token`) =>
  key.prove({ method: 'POST', url, nonce }, change);

async function ask(change: ProofChange = {}, url = service.url): Promise<Response> {
  return askWith(await prove(change), url);
}

function askWith(dpop: string, url = service.url): Promise<Response> {
  return postToken(url, headerForm(), { ...basicHeaders(agent.clientId, agent.clientSecret ?? ''), dpop });
}

const errorOf = async (response: Response) => oauthErrorSchema.parse(await response.json()).error;

describe('a token for which a key was proven', () => {
  it('is bound to the key: cnf.jkt is its thumbprint, token_type is DPoP', async () => {
    const response = await ask();
    assert.equal(response.status, 200);
    const { access_token, token_type } = tokenResponseSchema.strict().parse(await response.json());
    assert.equal(token_type, 'DPoP');
    assert.deepEqual(accessTokenClaimsSchema.strict().parse(decodeJwt(access_token)).cnf, { jkt: key.jkt });
  });

  it('can be had by any URL of the edge', async () => {
    assert.equal((await askWith(await prove({}, `${edgeUrl}/oauth/token`))).status, 200);
  });

  it('serves at the operators’ endpoints with a proof, and as a bearer token not', async () => {
    const assertion = await service.operatorKey.assert(operatorClientId, issuer);
    const token = await postToken(service.url, tokenForm(assertion), { dpop: await prove() });
    const { access_token: accessToken } = tokenResponseSchema.parse(await token.json());
    const dpop = await key.prove({ method: 'GET', url: `${issuer}/v1/agents`, nonce, accessToken });
    const list = (headers: Record<string, string>) => fetch(`${service.url}/v1/agents?limit=1`, { headers });
    assert.equal((await list({ authorization: `Bearer ${accessToken}` })).status, 401);
    assert.equal((await list({ authorization: `DPoP ${accessToken}`, dpop })).status, 200);
    assert.equal((await list({ authorization: `DPoP ${accessToken}`, dpop })).status, 401);
  });
});

describe('a nonce', () => {
  for (const [what, stale] of [
    ['missing', undefined],
    ['foreign', 'AAAAAAAAAAAAAAAAAAAAAA'],
  ] as const) {
    it(`that is ${what} is demanded, and costs no client assertion`, async () => {
      const form = tokenForm(await service.operatorKey.assert(operatorClientId, issuer));
      const refused = await postToken(service.url, form, { dpop: await prove({ claims: { nonce: stale } }) });
      assert.deepEqual([refused.status, await errorOf(refused)], [400, 'use_dpop_nonce']);
      const fresh = refused.headers.get('dpop-nonce') ?? '';
      const dpop = await prove({ claims: { nonce: fresh } });
      assert.equal((await postToken(service.url, form, { dpop })).status, 200);
    });
  }

  it('of one replica serves on another', async () => {
    const replica = await service.startReplica();
    assert.equal((await ask({}, replica.url)).status, 200);
  });

  it('is not needed where DPOP_NONCE is off', async () => {
    const replica = await service.startReplica({ DPOP_NONCE: 'off' });
    assert.equal((await ask({ claims: { nonce: undefined } }, replica.url)).status, 200);
  });
});

describe('a proof', () => {
  it('that was used on one replica is refused by another', async () => {
    const replica = await service.startReplica();
    const proof = await prove();
    assert.equal((await askWith(proof)).status, 200);
    const again = await askWith(proof, replica.url);
    assert.deepEqual([again.status, await errorOf(again)], [400, 'invalid_dpop_proof']);
  });

  it('is used up by nobody who is not the client', async () => {
    const proof = await prove();
    const stranger = await postToken(service.url, headerForm(), {
      ...basicHeaders(agent.clientId, 'guess'),
      dpop: proof,
    });
    assert.equal(stranger.status, 401);
    assert.equal((await askWith(proof)).status, 200);
  });

  const attacks: Readonly<Record<string, ProofChange>> = {
    'for another method': { claims: { htm: 'GET' } },
    'for another path': { claims: { htu: `${issuer}/v1/agents` } },
    'for another server': { claims: { htu: 'https://other.test/oauth/token' } },
    'of an hour ago': { claims: { iat: 1 } },
    'of another type': { header: { typ: 'JWT' } },
  };
  for (const [what, change] of Object.entries(attacks)) {
    it(`${what} is refused`, async () => {
      const response = await ask(change);
      assert.deepEqual([response.status, await errorOf(response)], [400, 'invalid_dpop_proof']);
    });
  }

  it('beside another one is refused, even if both are right', async () => {
    const { authorization } = basicHeaders(agent.clientId, agent.clientSecret ?? '');
    const sent = request(`${service.url}/oauth/token`, {
      method: 'POST',
      headers: {
        authorization,
        dpop: [await prove(), await prove()],
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    sent.end(headerForm().toString());
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    assert.deepEqual(await json(response), {
      error: 'invalid_dpop_proof',
      error_description: 'There is more than one DPoP header',
    });
  });

  it('of whatever kind makes no 5xx', async () => {
    const odd = fc.dictionary(
      fc.constantFrom('typ', 'alg', 'jwk', 'crit', 'jti', 'htm', 'htu', 'iat', 'nonce', 'exp'),
      fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })),
    );
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const made = fc.oneof(
      fc.tuple(odd, odd).map(([header, claims]) => {
        const plausible = { typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk, ...header };
        return [encode(plausible), encode(claims), 'c2ln'].join('.');
      }),
      fc.string().map((text) => text.replaceAll(/[^\x21-\x7e]/g, '')),
    );
    await fc.assert(
      fc.asyncProperty(made, async (dpop) => {
        const response = await askWith(dpop);
        assert.equal(await errorOf(response), 'invalid_dpop_proof', String(response.status));
      }),
      { numRuns: 100 },
    );
  });

  it('with any claims, signed by a genuine key, makes no 5xx', async () => {
    const claims = fc.dictionary(
      fc.constantFrom('jti', 'htm', 'htu', 'iat', 'nonce', 'exp', 'nbf', 'ath'),
      fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })),
    );
    await fc.assert(
      fc.asyncProperty(claims, async (odd) => {
        assert.ok((await ask({ claims: odd })).status < 500);
      }),
      { numRuns: 100 },
    );
  });
});
