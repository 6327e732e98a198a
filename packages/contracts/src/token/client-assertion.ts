import * as z from 'zod';

/** `client_assertion_type` of `private_key_jwt` (RFC 7523 section 2.2). */
export const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** `Ed25519` is the name that RFC 9864 gives to `EdDSA` with that curve. */
export const clientAssertionAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const;
export type ClientAssertionAlgorithm = (typeof clientAssertionAlgorithms)[number];

/** JWS `typ` that a client assertion may have; it may also have none. */
export const clientAssertionTypes = ['JWT', 'client-authentication+jwt'] as const;

/** How far ahead the `exp` of a client assertion may lie, and how far clocks may differ, both in seconds. */
export const clientAssertionTtlSecondsMax = 300;
export const clockSkewSeconds = 30;

/** Identifiers of clients are printable ASCII (RFC 6749 appendix A.1). */
export const clientIdSchema = z.string().regex(/^[\x20-\x7e]{1,256}$/);

/**
 * Claims of a client assertion. `iss` and `sub` are the client's id, `aud` is the issuer alone, `jti` is used once.
 */
export const clientAssertionClaimsSchema = z.object({
  iss: clientIdSchema,
  sub: clientIdSchema,
  aud: z.union([z.string(), z.tuple([z.string()])]),
  jti: z.string().min(1).max(256),
  exp: z.number().min(0),
  iat: z.number().min(0).optional(),
  nbf: z.number().min(0).optional(),
});
export type ClientAssertionClaims = z.infer<typeof clientAssertionClaimsSchema>;
