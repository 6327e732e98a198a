import { authMethodSchema } from '@4runr/contracts/agent';
import {
  type AuthorizationServerMetadata,
  anyToolScope,
  clientAssertionAlgorithms,
  dpopAlgorithms,
  grantTypes,
  operatorScopes,
} from '@4runr/contracts/token';
import type { RequestHandler } from 'express';

/** `GET /.well-known/oauth-authorization-server` (RFC 8414): only what really exists. */
export function authorizationServerHandler(issuer: string): RequestHandler {
  const metadata = describeAuthorizationServer(issuer);
  return (_request, response) => {
    response.set('Cache-Control', 'public, max-age=300').json(metadata);
  };
}

export function describeAuthorizationServer(issuer: string): AuthorizationServerMetadata {
  const methods = [...authMethodSchema.options];
  const algorithms = [...clientAssertionAlgorithms];
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    scopes_supported: [anyToolScope, ...operatorScopes],
    response_types_supported: [],
    grant_types_supported: [...grantTypes],
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
    dpop_signing_alg_values_supported: [...dpopAlgorithms],
  };
}
