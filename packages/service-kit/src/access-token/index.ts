export {
  type AccessTokenAuthority,
  type AccessTokenAuthorityOptions,
  createAccessTokenAuthority,
} from './authority.ts';
export type { IssuerKeys } from './issuer-keys.ts';
export { createJwksSource, type JwksSource, type JwksSourceOptions } from './jwks-source.ts';
export { type PresentedToken, presentedToken } from './presented-token.ts';
export { insufficientScope, operatorOf, requireOperator } from './require-operator.ts';
export {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from './verifier.ts';
