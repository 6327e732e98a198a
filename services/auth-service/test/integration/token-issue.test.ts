import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  accessTokenClaimsSchema,
  accessTokenTtlSeconds,
  clientAssertionAlgorithms,
  jwksSchema,
  operatorScopes,
  tokenResponseSchema,
} from '@4runr/contracts/token';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import {
  type AuthServiceUnderTest,
  issuer,
  obtainToken,
  operatorClientId,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { generateClientKey, importClientKey, tokenForm } from '../fixtures/client-key.ts';

let service: AuthServiceUnderTest;
before(async () => {
  service = await startAuthService();
});
after(() => service.stop());

async function verify(token: string) {
  const jwks = jwksSchema.parse(await (await fetch(`${service.url}/.well-known/jwks.json`)).json());
  const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), {
    typ: 'at+jwt',
    algorithms: ['RS256'],
  });
  return accessTokenClaimsSchema.strict().parse(payload);
}

describe('a token of an agent', () => {
  for (const algorithm of clientAssertionAlgorithms) {
    it(`is issued for an assertion signed with ${algorithm}`, async () => {
      const key = await generateClientKey(algorithm);
      const agent = await registerAgent(service, [key]);
      const response = await postToken(service.url, tokenForm(await key.assert(agent.clientId, issuer)));
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      const token = tokenResponseSchema.strict().parse(await response.json());
      assert.equal(token.expires_in, accessTokenTtlSeconds);
    });
  }

  it('carries exactly the claims of RFC 9068, verifiable with the published key', async () => {
    const key = await generateClientKey('EdDSA');
    const agent = await registerAgent(service, [key], { role: 'enricher' });
    const { access_token } = await obtainToken(
      service.url,
      { id: agent.clientId, key },
      'openai:chat http_fetch:*',
    );
    const { jti, iat, ...claims } = await verify(access_token);
    assert.match(jti, /^tok_/);
    assert.deepEqual(claims, {
      iss: issuer,
      sub: agent.id,
      client_id: agent.clientId,
      aud: issuer,
      scope: 'openai:chat http_fetch:*',
      role: 'enricher',
      epoch: 0,
      exp: iat + accessTokenTtlSeconds,
    });
  });

  it('can be had with the key that was made for the agent', async () => {
    const agent = await registerAgent(service, []);
    const key = await importClientKey(agent.privateKey ?? '');
    const { scope } = await obtainToken(service.url, { id: agent.clientId, key });
    assert.equal(scope, '*:*');
  });

  it('can be had with each of several keys, with and without naming it', async () => {
    const keys = await Promise.all([generateClientKey('RS256'), generateClientKey('RS256')]);
    const agent = await registerAgent(service, keys);
    for (const [index, key] of keys.entries()) {
      const kid = agent.jwks.keys.find((jwk) => jwk.n === key.publicJwk.n)?.kid;
      for (const header of [{}, { kid }, { typ: 'JWT' }, { typ: 'client-authentication+jwt', kid }]) {
        const form = tokenForm(await key.assert(agent.clientId, issuer, { header }));
        assert.equal(
          (await postToken(service.url, form)).status,
          200,
          `key ${index}, ${JSON.stringify(header)}`,
        );
      }
    }
  });
});

describe('a token of an operator', () => {
  it('carries every scope of operators when none is asked for', async () => {
    const operator = { id: operatorClientId, key: service.operatorKey };
    const claims = await verify((await obtainToken(service.url, operator)).access_token);
    assert.equal(claims.scope, operatorScopes.join(' '));
    assert.equal(claims.role, 'operator');
    assert.equal(claims.client_id, operatorClientId);
  });

  it('carries only what was asked for', async () => {
    const operator = { id: operatorClientId, key: service.operatorKey };
    assert.equal((await obtainToken(service.url, operator, 'audit:read')).scope, 'audit:read');
  });
});

describe('the request for a token', () => {
  it('may come with a charset, an unknown parameter, empty parameters, client_id and the resource', async () => {
    const form = tokenForm(await service.operatorKey.assert(operatorClientId, issuer), {
      client_id: operatorClientId,
      resource: issuer,
      scope: '',
      nonsense: 'ignored',
    });
    const response = await fetch(`${service.url}/oauth/token`, {
      method: 'POST',
      body: form.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
    });
    assert.equal(response.status, 200);
  });

  it('may name the gateway as its resource and audience several times, with a slash behind it or without', async () => {
    const form = tokenForm(await service.operatorKey.assert(operatorClientId, issuer));
    for (const name of ['resource', 'audience'])
      for (const target of [issuer, `${issuer}/`]) form.append(name, target);
    const { access_token } = tokenResponseSchema.parse(await (await postToken(service.url, form)).json());
    assert.equal((await verify(access_token)).aud, issuer);
  });

  it('never derives the issuer from the Host header', async () => {
    const form = tokenForm(await service.operatorKey.assert(operatorClientId, issuer));
    const { access_token } = tokenResponseSchema.parse(
      await (
        await postToken(service.url, form, { 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test' })
      ).json(),
    );
    assert.equal((await verify(access_token)).iss, issuer);
    assert.equal(decodeProtectedHeader(access_token).typ, 'at+jwt');
  });
});
