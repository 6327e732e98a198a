import type { AccessTokenClaims, TokenResponse } from './access-token.ts';
import { type ClientAssertionClaims, clientAssertionAlgorithms } from './client-assertion.ts';
import { type DpopProofClaims, dpopAlgorithms } from './dpop.ts';
import type { IntrospectionResponse } from './introspection.ts';
import { type AuthorizationServerMetadata, grantTypes, type Jwks } from './metadata.ts';
import type { OAuthErrorBody } from './oauth-error.ts';
import { anyToolScope, operatorScopes } from './scope.ts';

const issuer = 'https://gateway.example.com';

export const accessTokenClaimsExample: AccessTokenClaims = {
  iss: issuer,
  sub: 'agt_01k3v9q2m4h8w6x5z7yd',
  client_id: 'agt_01k3v9q2m4h8w6x5z7yd',
  aud: issuer,
  scope: 'serpapi:search http_fetch:*',
  role: 'scraper',
  epoch: 0,
  jti: 'tok_8fj3k2m4h8w6x5z7ydqa',
  iat: 1_760_000_000,
  exp: 1_760_000_900,
};

/** A token that `agt_3m4h…` got for the one above: it acts for its subject, for less and for a shorter time. */
export const exchangedTokenClaimsExample: AccessTokenClaims = {
  ...accessTokenClaimsExample,
  client_id: 'agt_3m4h8w6x5z7yd01k3v9q',
  scope: 'serpapi:search',
  jti: 'tok_2m4h8w6x5z7ydqa8fj3k',
  exp: 1_760_000_300,
  act: { sub: 'agt_3m4h8w6x5z7yd01k3v9q', client_id: 'agt_3m4h8w6x5z7yd01k3v9q', role: 'enricher', epoch: 2 },
  parents: ['tok_8fj3k2m4h8w6x5z7ydqa'],
};

/** A token that serves only whoever holds the key of this thumbprint. */
export const boundTokenClaimsExample: AccessTokenClaims = {
  ...accessTokenClaimsExample,
  cnf: { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' },
};

export const operatorTokenClaimsExample: AccessTokenClaims = {
  ...accessTokenClaimsExample,
  sub: 'opr_7q2m4h8w6x5z7yd01k3v',
  client_id: 'operator',
  scope: 'agents:read agents:write',
  role: 'operator',
};

export const clientAssertionClaimsExample: ClientAssertionClaims = {
  iss: 'agt_01k3v9q2m4h8w6x5z7yd',
  sub: 'agt_01k3v9q2m4h8w6x5z7yd',
  aud: issuer,
  jti: '0b3c2f2e-6f4e-4a53-9a6c-8c3a7f9f4f10',
  iat: 1_760_000_000,
  exp: 1_760_000_060,
};

export const tokenResponseExample: TokenResponse = {
  access_token: 'eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl',
  token_type: 'Bearer',
  expires_in: 900,
  scope: 'serpapi:search http_fetch:*',
};

export const boundTokenResponseExample: TokenResponse = { ...tokenResponseExample, token_type: 'DPoP' };

/** Proof for a call with an access token; one for the token endpoint has no `ath`. */
export const dpopProofClaimsExample: DpopProofClaims = {
  jti: '1d9c3a52-6a2b-4c86-9f0e-3a1c5f7f2b90',
  htm: 'POST',
  htu: `${issuer}/v1/tools/serpapi/search`,
  iat: 1_760_000_001,
  nonce: 'AAAAAAG8bQ0.7mQKQy3bqkO1cZr0Q9s1Yw',
  ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo',
};

/** A bound token that is alive. */
export const introspectionResponseExample: IntrospectionResponse = {
  active: true,
  token_type: 'DPoP',
  scope: boundTokenClaimsExample.scope,
  client_id: boundTokenClaimsExample.client_id,
  sub: boundTokenClaimsExample.sub,
  role: boundTokenClaimsExample.role,
  iss: issuer,
  aud: issuer,
  jti: boundTokenClaimsExample.jti,
  iat: boundTokenClaimsExample.iat,
  exp: boundTokenClaimsExample.exp,
  cnf: { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' },
};

/** All that is said of a token that is not alive, or that the client may not know of. */
export const inactiveTokenExample: IntrospectionResponse = { active: false };

export const oauthErrorExample: OAuthErrorBody = {
  error: 'invalid_client',
  error_description: 'Client authentication failed',
};

export const jwksExample: Jwks = {
  keys: [
    {
      kid: 'R7c6mZ3bTtN0cQwqkq9pA0cV1hJ2n4d8s5u7x9zB3eE',
      kty: 'RSA',
      alg: 'RS256',
      use: 'sig',
      n: 'u1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0_IzW7yWR7QkrmBL7jTKEn5u-qKhbwKfBstIs-bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyehkd3qqGElvW_VDL5AaWTg0nLVkjRo9z-40RQzuVaE8AkAFmxZzow3x-VJYKdjykkJ0iT9wCS0DRTXu269V264Vf_3jvredZiKRkgwlL9xNAwxXFg0x_XFw005UWVRIkdgcKWTjpBP2dPwVZ4WWC-9aGVd-Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbcmw',
      e: 'AQAB',
    },
  ],
};

export const authorizationServerMetadataExample: AuthorizationServerMetadata = {
  issuer,
  token_endpoint: `${issuer}/oauth/token`,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  scopes_supported: [anyToolScope, ...operatorScopes],
  response_types_supported: [],
  grant_types_supported: [...grantTypes],
  token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'],
  token_endpoint_auth_signing_alg_values_supported: [...clientAssertionAlgorithms],
  revocation_endpoint: `${issuer}/oauth/revoke`,
  revocation_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'],
  revocation_endpoint_auth_signing_alg_values_supported: [...clientAssertionAlgorithms],
  introspection_endpoint: `${issuer}/oauth/introspect`,
  introspection_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'],
  introspection_endpoint_auth_signing_alg_values_supported: [...clientAssertionAlgorithms],
  dpop_signing_alg_values_supported: [...dpopAlgorithms],
};
