import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as token from './index.ts';

describe('examples of the token contract', () => {
  const rows = [
    ['access token claims', token.accessTokenClaimsSchema, token.accessTokenClaimsExample],
    [
      'claims of a token that was exchanged',
      token.accessTokenClaimsSchema,
      token.exchangedTokenClaimsExample,
    ],
    ['claims of a bound token', token.accessTokenClaimsSchema, token.boundTokenClaimsExample],
    ['claims of a DPoP proof', token.dpopProofClaimsSchema, token.dpopProofClaimsExample],
    ['response with a bound token', token.tokenResponseSchema, token.boundTokenResponseExample],
    ['claims of an operator', token.accessTokenClaimsSchema, token.operatorTokenClaimsExample],
    ['client assertion claims', token.clientAssertionClaimsSchema, token.clientAssertionClaimsExample],
    ['token response', token.tokenResponseSchema, token.tokenResponseExample],
    ['error', token.oauthErrorSchema, token.oauthErrorExample],
    ['introspection', token.introspectionResponseSchema, token.introspectionResponseExample],
    ['introspection of a dead token', token.introspectionResponseSchema, token.inactiveTokenExample],
    ['JWKS', token.jwksSchema, token.jwksExample],
    ['metadata', token.authorizationServerMetadataSchema, token.authorizationServerMetadataExample],
  ] as const;
  for (const [name, schema, example] of rows) {
    it(`${name}: the example passes its schema unchanged`, () => {
      assert.deepEqual(schema.parse(example), example);
    });
  }
});

describe('a chain of actors', () => {
  const chain = (length: number): token.Actor | undefined =>
    length === 0
      ? undefined
      : { sub: `agt_${length}`, client_id: 'c', role: 'r', epoch: 0, act: chain(length - 1) };
  const parse = (length: number) =>
    token.accessTokenClaimsSchema.safeParse({ ...token.accessTokenClaimsExample, act: chain(length) });

  it('is told the present one first', () => {
    assert.deepEqual(
      token.actorsOf({ act: chain(3) }).map(({ sub }) => sub),
      ['agt_3', 'agt_2', 'agt_1'],
    );
  });

  it('has an end', () => {
    assert.equal(parse(token.actorsMax).success, true);
    assert.equal(parse(token.actorsMax + 1).success, false);
  });
});

describe('scopeCovers', () => {
  const rows = [
    { granted: ['*:*'], needed: 'serpapi:search', covers: true },
    { granted: ['serpapi:*'], needed: 'serpapi:search', covers: true },
    { granted: ['serpapi:search'], needed: 'serpapi:search', covers: true },
    { granted: ['serpapi:search'], needed: 'serpapi:images', covers: false },
    { granted: ['serp:*'], needed: 'serpapi:search', covers: false },
    { granted: [], needed: 'serpapi:search', covers: false },
    { granted: ['*:*'], needed: 'agents:read', covers: false },
    { granted: ['agents:*'], needed: 'agents:write', covers: false },
    { granted: ['agents:read'], needed: 'agents:read', covers: true },
  ];
  for (const { granted, needed, covers } of rows) {
    it(`[${granted}] ${covers ? 'covers' : 'does not cover'} ${needed}`, () => {
      assert.equal(token.scopeCovers(granted, needed), covers);
    });
  }
});

describe('toolScopeSchema', () => {
  for (const scope of ['*:*', 'serpapi:*', 'gmail_send:send']) {
    it(`takes ${scope}`, () => assert.equal(token.toolScopeSchema.parse(scope), scope));
  }
  for (const scope of [
    '',
    '*',
    'serpapi',
    '*:search',
    'agents:read',
    'agents:*',
    'audit:read',
    'A:b',
    'a:b:c',
    'a:b ',
    'a:b\n',
  ]) {
    it(`refuses ${JSON.stringify(scope)}`, () =>
      assert.equal(token.toolScopeSchema.safeParse(scope).success, false));
  }
});

describe('introspectionResponseSchema', () => {
  it('says nothing of a token that is not active', () => {
    const { active: _active, ...rest } = token.introspectionResponseExample as Record<string, unknown>;
    const leak = { active: false, ...rest };
    assert.equal(token.introspectionResponseSchema.safeParse(leak).success, false);
  });
});
