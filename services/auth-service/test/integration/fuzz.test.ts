import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAgentExample } from '@4runr/contracts/agent';
import { problemSchema } from '@4runr/contracts/problem';
import { clientAssertionType, introspectionResponseSchema, oauthErrorSchema } from '@4runr/contracts/token';
import fc from 'fast-check';
import {
  type AuthServiceUnderTest,
  basicHeaders,
  headerForm,
  issuer,
  operatorClientId,
  operatorHeaders,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { correctClaims, tokenForm } from '../fixtures/client-key.ts';

const runs = { numRuns: 150 };

let service: AuthServiceUnderTest;
let authorization: string;
before(async () => {
  service = await startAuthService();
  ({ authorization } = await operatorHeaders(service));
});
after(() => service.stop());

/** Text with everything in it: NUL, lone surrogates, other scripts. */
const anyText = fc.string({ unit: 'binary', maxLength: 40 });

/** JSON values, keys of objects among them that a schema knows. */
const jsonWith = (...keys: string[]) =>
  fc.dictionary(fc.oneof(fc.constantFrom(...keys), anyText), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 });

describe('no input of any kind makes a 5xx', () => {
  it('POST /oauth/token with any form', async () => {
    const names = [
      'grant_type',
      'client_assertion_type',
      'client_assertion',
      'client_id',
      'scope',
      'resource',
    ];
    const values = ['client_credentials', clientAssertionType, 'a.b.c', '*:*', issuer];
    const pair = fc.tuple(
      fc.oneof(fc.constantFrom(...names), anyText),
      fc.oneof(fc.constantFrom(...values), anyText),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { maxLength: 8 }), async (pairs) => {
        const response = await postToken(service.url, new URLSearchParams(pairs));
        assert.ok(response.status < 500, `${response.status}`);
        oauthErrorSchema.parse(await response.json());
      }),
      runs,
    );
  });

  it('POST /oauth/token with an assertion of any header and claims, signed or not', async () => {
    const header = jsonWith('alg', 'typ', 'kid', 'crit', 'jwk', 'b64');
    const claims = jsonWith('iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti');
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signature = fc.oneof(
      fc.base64String(),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(
        header,
        claims,
        signature,
        fc.boolean(),
        async (oddHeader, oddClaims, oddSignature, plausible) => {
          const assertion = [
            encode(
              plausible
                ? {
                    ...oddHeader,
                    alg: 'RS256',
                    typ: undefined,
                    crit: undefined,
                    b64: undefined,
                    kid: undefined,
                  }
                : oddHeader,
            ),
            encode(plausible ? { ...oddClaims, ...correctClaims(operatorClientId, issuer) } : oddClaims),
            oddSignature,
          ].join('.');
          const response = await postToken(service.url, tokenForm(assertion));
          assert.equal(response.status, 401);
          assert.equal(oauthErrorSchema.parse(await response.json()).error, 'invalid_client');
        },
      ),
      runs,
    );
  });

  it('POST /oauth/token of a genuine client with any scope and any odd claims', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.oneof(anyText, fc.webUrl()), async (scope, jti) => {
        const assertion = await service.operatorKey.assert(operatorClientId, issuer, { claims: { jti } });
        const response = await postToken(service.url, tokenForm(assertion, { scope }));
        assert.ok([200, 400, 401].includes(response.status), `${response.status}`);
      }),
      runs,
    );
  });

  it('POST /oauth/revoke and /oauth/introspect with any form, of anybody and of a genuine client', async () => {
    const authMethod = 'client_secret_basic';
    const { clientId, clientSecret = '' } = await registerAgent(service, [], { authMethod });
    const own = (await (
      await postToken(service.url, headerForm(), basicHeaders(clientId, clientSecret))
    ).json()) as {
      access_token: string;
    };
    const names = [
      'token',
      'token_type_hint',
      'client_id',
      'client_assertion',
      'client_assertion_type',
      'client_secret',
    ];
    const tokenLike = fc.tuple(fc.nat(own.access_token.length), anyText).map(([at, odd]) => {
      return own.access_token.slice(0, at) + odd + own.access_token.slice(at + 1);
    });
    const pair = fc.tuple(fc.oneof(fc.constantFrom(...names), anyText), fc.oneof(tokenLike, anyText));
    const endpoint = fc.constantFrom('revoke', 'introspect');
    await fc.assert(
      fc.asyncProperty(
        endpoint,
        tokenLike,
        fc.array(pair, { maxLength: 4 }),
        fc.boolean(),
        async (path, token, pairs, isGenuine) => {
          const response = await fetch(`${service.url}/oauth/${path}`, {
            method: 'POST',
            headers: isGenuine ? basicHeaders(clientId, clientSecret) : {},
            body: new URLSearchParams([['token', token], ...pairs]),
          });
          assert.ok(response.status < 500, `${response.status}`);
          const text = await response.text();
          if (!response.ok) oauthErrorSchema.parse(JSON.parse(text));
          else if (path === 'introspect') introspectionResponseSchema.parse(JSON.parse(text));
          else assert.equal(text, '');
        },
      ),
      runs,
    );
  });

  it('POST /v1/agents with any body', async () => {
    const jwk = jsonWith('kty', 'n', 'e', 'crv', 'x', 'y', 'kid', 'alg', 'use', 'key_ops', 'd');
    const nearKey = fc
      .tuple(jwk, fc.constantFrom('RSA', 'EC', 'OKP', 'oct'))
      .map(([odd, kty]) => ({ ...odd, kty }));
    const near = fc
      .tuple(
        jsonWith('name', 'role', 'description', 'authMethod'),
        fc.array(nearKey, { minLength: 1, maxLength: 3 }),
      )
      .map(([odd, keys]) => ({ ...createAgentExample, ...odd, jwks: { keys } }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(near, fc.jsonValue()), async (body) => {
        const response = await fetch(`${service.url}/v1/agents`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        assert.equal(response.status, 422, JSON.stringify(body));
        problemSchema.parse(await response.json());
      }),
      runs,
    );
  });

  it('POST /v1/agents with any name and description', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (name, description) => {
        const response = await fetch(`${service.url}/v1/agents`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify({
            name,
            description,
            role: 'scraper',
            jwks: { keys: [service.operatorKey.publicJwk] },
          }),
        });
        assert.ok([201, 422].includes(response.status), `${response.status}`);
        if (response.status === 201) assert.equal(((await response.json()) as { name: string }).name, name);
      }),
      runs,
    );
  });

  it('PATCH, keys and revocation of an agent with any body, any key, and any precondition', async () => {
    const { id } = await registerAgent(service, [service.operatorKey]);
    const jwk = jsonWith('kty', 'n', 'e', 'crv', 'x', 'y', 'kid', 'alg', 'use', 'key_ops', 'd');
    const near = fc
      .tuple(jwk, fc.constantFrom('RSA', 'EC', 'OKP'))
      .map(([odd, kty]) => ({ jwk: { ...odd, kty } }));
    const body = fc.oneof(
      jsonWith('name', 'role', 'description', 'status'),
      fc.record({ name: anyText, description: fc.option(anyText) }, { requiredKeys: [] }),
      near,
      fc.jsonValue(),
    );
    const ifMatch = fc.oneof(fc.constantFrom('*', '"1"', 'W/"1"'), fc.string({ maxLength: 20 }));
    const request = fc.constantFrom('PATCH ', 'POST /keys', 'POST /revoke-tokens', 'DELETE /keys/');
    await fc.assert(
      fc.asyncProperty(request, body, ifMatch, anyText, async (target, odd, condition, kid) => {
        const [method = '', path = ''] = target.split(' ');
        const name = path.endsWith('/') ? encodeURIComponent(kid.toWellFormed()) : '';
        const response = await fetch(`${service.url}/v1/agents/${id}${path}${name}`, {
          method,
          headers: { authorization, 'content-type': 'application/json', 'if-match': condition.trim() },
          body: JSON.stringify(odd),
        });
        assert.ok(response.status < 500, `${response.status} ${target} ${JSON.stringify(odd)}`);
        if (!response.ok) problemSchema.parse(await response.json());
      }),
      runs,
    );
  });

  it('GET /v1/agents with any query, and any id', async () => {
    const query = fc.array(
      fc.tuple(fc.oneof(fc.constantFrom('limit', 'cursor', 'status', 'role', 'name'), anyText), anyText),
      {
        maxLength: 3,
      },
    );
    await fc.assert(
      fc.asyncProperty(query, anyText, async (pairs, id) => {
        for (const path of [`?${new URLSearchParams(pairs)}`, `/${encodeURIComponent(id.toWellFormed())}x`]) {
          const response = await fetch(`${service.url}/v1/agents${path}`, { headers: { authorization } });
          assert.ok(response.status < 500, `${path} ${response.status}`);
        }
      }),
      runs,
    );
  });

  it('any bytes in place of a bearer token', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary-ascii', maxLength: 60 }), async (text) => {
        const value = text.replaceAll(/[^\x20-\x7e]/g, '');
        const response = await fetch(`${service.url}/v1/agents`, {
          headers: { authorization: `Bearer ${value}` },
        });
        assert.equal(response.status, 401);
      }),
      runs,
    );
  });
});
