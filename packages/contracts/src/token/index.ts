export {
  type AccessTokenClaims,
  type Actor,
  accessTokenAlgorithm,
  accessTokenClaimsSchema,
  accessTokenTtlSeconds,
  accessTokenTtlSecondsMax,
  accessTokenTtlSecondsMin,
  accessTokenType,
  actorsMax,
  actorsOf,
  operatorRole,
  roleSchema,
  type TokenResponse,
  tokenResponseSchema,
} from './access-token.ts';
export {
  type ClientAssertionAlgorithm,
  type ClientAssertionClaims,
  clientAssertionAlgorithms,
  clientAssertionClaimsSchema,
  clientAssertionTtlSecondsMax,
  clientAssertionType,
  clientAssertionTypes,
  clientIdSchema,
  clockSkewSeconds,
} from './client-assertion.ts';
export {
  type DpopProofClaims,
  dpopAlgorithms,
  dpopProofBytesMax,
  dpopProofClaimsSchema,
  dpopProofSkewSeconds,
  dpopProofType,
  jwkThumbprintSchema,
} from './dpop.ts';
export {
  accessTokenClaimsExample,
  authorizationServerMetadataExample,
  boundTokenClaimsExample,
  boundTokenResponseExample,
  clientAssertionClaimsExample,
  dpopProofClaimsExample,
  exchangedTokenClaimsExample,
  jwksExample,
  oauthErrorExample,
  operatorTokenClaimsExample,
  tokenResponseExample,
} from './examples.ts';
export {
  type AuthorizationServerMetadata,
  authorizationServerMetadataSchema,
  type Jwks,
  jwksSchema,
  type PublicJwk,
  publicJwkSchema,
} from './metadata.ts';
export {
  type OAuthErrorBody,
  type OAuthErrorCode,
  oauthErrorCodes,
  oauthErrorSchema,
} from './oauth-error.ts';
export {
  anyToolScope,
  type OperatorScope,
  operatorResources,
  operatorScopeSchema,
  operatorScopes,
  parseScope,
  scopeCovers,
  toolScopeSchema,
} from './scope.ts';
