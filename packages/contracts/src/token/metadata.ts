import * as z from 'zod';

/** A public key as JWKS show it (RFC 7517). */
export const publicJwkSchema = z.object({
  kid: z.string().min(1),
  kty: z.enum(['RSA', 'EC', 'OKP']),
  alg: z.string().optional(),
  use: z.literal('sig').optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
});
export type PublicJwk = z.infer<typeof publicJwkSchema>;

/** `200` of `GET /.well-known/jwks.json`: the keys that access tokens may be signed with. */
export const jwksSchema = z.object({ keys: z.array(publicJwkSchema) });
export type Jwks = z.infer<typeof jwksSchema>;

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
});
export type AuthorizationServerMetadata = z.infer<typeof authorizationServerMetadataSchema>;
