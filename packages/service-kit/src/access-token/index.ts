export { createJwksSource, type JwksSource, type JwksSourceOptions } from './jwks-source.ts';
export { insufficientScope, operatorOf, requireOperator } from './require-operator.ts';
export {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from './verifier.ts';
