import * as z from 'zod';
import { type ClientAssertionAlgorithm, clientAssertionAlgorithms } from './client-assertion.ts';

/** JWS `typ` of a DPoP proof (RFC 9449 section 4.2). */
export const dpopProofType = 'dpop+jwt';

/** What proofs may be signed with: the same as client assertions. */
export const dpopAlgorithms: readonly ClientAssertionAlgorithm[] = clientAssertionAlgorithms;

/** Longest proof that is looked at, in bytes. */
export const dpopProofBytesMax = 4_096;

/** How far the `iat` of a proof may lie from now, both ways, in seconds. */
export const dpopProofSkewSeconds = 60;

/** SHA-256 thumbprint of a key (RFC 7638), as `cnf.jkt` of access tokens carries it. */
export const jwkThumbprintSchema = z.string().regex(/^[\w-]{43}$/);

/** Claims of a DPoP proof (RFC 9449 section 4.2). `jti` is used once. */
export const dpopProofClaimsSchema = z.object({
  jti: z.string().min(1).max(256),
  /** Method of the request. */
  htm: z.string().min(1),
  /** URL of the request, without query and fragment. */
  htu: z.string().min(1),
  iat: z.number().min(0),
  exp: z.number().min(0).optional(),
  nbf: z.number().min(0).optional(),
  /** The last `DPoP-Nonce` that the server gave. */
  nonce: z.string().max(256).optional(),
  /** SHA-256 of the access token that the request carries, base64url. */
  ath: z.string().max(256).optional(),
});
export type DpopProofClaims = z.infer<typeof dpopProofClaimsSchema>;
