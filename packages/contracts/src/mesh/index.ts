import * as z from 'zod';
import { adapterObligationSchema } from '../decision/index.ts';

/** The identities of the mesh: what a mesh token may name as its issuer or audience. Adapters are `adapter-<tool>`. */
export const serviceNameSchema = z.string().regex(/^[a-z][a-z0-9-]{1,62}$/);
export type ServiceName = z.infer<typeof serviceNameSchema>;

/** The service that speaks for a tool: `http_fetch` -> `adapter-http-fetch`. */
export function adapterServiceName(tool: string): ServiceName {
  return `adapter-${tool.replaceAll('_', '-')}`;
}

/** JWS `typ` of the two kinds of token inside the mesh; a token of one kind never passes as the other. */
export const meshTokenType = 'mesh+jwt';
export const permitType = 'permit+jwt';

/** Longest life of a mesh token and of a permit, in seconds. */
export const meshTokenTtlSeconds = 60;
export const permitTtlSeconds = 60;

/** Proof of which service calls which. Times are NumericDates (seconds since the epoch, RFC 7519 section 2). */
export const meshTokenClaimsSchema = z.object({
  iss: serviceNameSchema,
  aud: serviceNameSchema,
  iat: z.int(),
  exp: z.int(),
});
export type MeshTokenClaims = z.infer<typeof meshTokenClaimsSchema>;

/** Proof that policy-service has allowed one call of one agent to one adapter. */
export const permitClaimsSchema = z.object({
  iss: z.literal('policy-service'),
  aud: serviceNameSchema,
  /** The agent's id. */
  sub: z.string().min(1),
  /** `<tool>:<action>`. */
  scope: z.string().min(3),
  decisionId: z.string().min(1),
  callId: z.string().min(1),
  /** SHA-256 of the canonical parameters (RFC 8785), base64url without padding. */
  paramsSha256: z.string().length(43),
  /** What the adapter must keep, on every hop. */
  obligations: z.array(adapterObligationSchema),
  iat: z.int(),
  exp: z.int(),
});
export type PermitClaims = z.infer<typeof permitClaimsSchema>;

/** One pairwise key as the installer hands it out: `caller` signs, `audience` checks. */
export const meshKeySchema = z.object({
  caller: serviceNameSchema,
  audience: serviceNameSchema,
  kid: z.string().min(1).max(64),
  /** 32 bytes, base64url without padding. */
  key: z.string().regex(/^[\w-]{43}$/, 'is not 32 bytes in base64url'),
});
export type MeshKey = z.infer<typeof meshKeySchema>;
