import * as z from 'zod';

/** A public key as JWKS show it (RFC 7517). */
export const publicJwkSchema = z.object({
  kid: z.string().min(1),
  kty: z.enum(['RSA', 'EC', 'OKP']),
  alg: z.string().exactOptional(),
  use: z.literal('sig').exactOptional(),
  n: z.string().exactOptional(),
  e: z.string().exactOptional(),
  crv: z.string().exactOptional(),
  x: z.string().exactOptional(),
  y: z.string().exactOptional(),
});
export type PublicJwk = z.infer<typeof publicJwkSchema>;

/** `200` of `GET /.well-known/jwks.json`: the keys that access tokens may be signed with. */
export const jwksSchema = z.object({ keys: z.array(publicJwkSchema) });
export type Jwks = z.infer<typeof jwksSchema>;

/** RFC 8693 section 2.1. */
export const tokenExchangeGrantType = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** How a token can be asked for: by a client for itself, and for another whose token it holds. */
export const grantTypes = ['client_credentials', tokenExchangeGrantType] as const;
export type GrantType = (typeof grantTypes)[number];

/** `200` of `GET /.well-known/oauth-authorization-server` (RFC 8414 section 2): only what really exists. */
export const authorizationServerMetadataSchema = z.object({
  issuer: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  scopes_supported: z.array(z.string()),
  response_types_supported: z.array(z.string()),
  grant_types_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
  /** Clients authenticate at the next two as they do at the token endpoint. */
  revocation_endpoint: z.url(),
  revocation_endpoint_auth_methods_supported: z.array(z.string()),
  revocation_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
  introspection_endpoint: z.url(),
  introspection_endpoint_auth_methods_supported: z.array(z.string()),
  introspection_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
  dpop_signing_alg_values_supported: z.array(z.string()),
});
export type AuthorizationServerMetadata = z.infer<typeof authorizationServerMetadataSchema>;
