import * as z from 'zod';
import { jwkThumbprintSchema } from './dpop.ts';

/** JWS `typ` of an access token (RFC 9068 section 2.1). */
export const accessTokenType = 'at+jwt';

/** The one algorithm that access tokens are signed with. */
export const accessTokenAlgorithm = 'RS256';

/** Life of an access token, in seconds, unless its client has one of its own between these bounds. */
export const accessTokenTtlSeconds = 900;
export const accessTokenTtlSecondsMin = 60;
export const accessTokenTtlSecondsMax = 3_600;

/** The role that only operators have; no agent is registered with it. */
export const operatorRole = 'operator';

/** Client id of the operator that applies policy files at deployment, and may do nothing else. */
export const policyFilesClientId = 'policy-files';

/** Roles are names of groups that policies speak of. */
export const roleSchema = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/);

/** How a token exchange names the one kind of token that it takes and gives (RFC 8693 section 3). */
export const accessTokenTypeUri = 'urn:ietf:params:oauth:token-type:access_token';

/** Longest life of a token that was exchanged for another, in seconds; it also ends before that one. */
export const exchangedTokenTtlSecondsMax = 300;

/** Longest chain of agents that act for one another. */
export const actorsMax = 3;

/** An agent that acts for the subject of a token (RFC 8693 section 4.1); `act` inside it is the one that acted before it. */
export interface Actor {
  /** Id of the agent. */
  sub: string;
  client_id: string;
  role: string;
  /** Tokens of an epoch of an actor below its client's own are revoked too. */
  epoch: number;
  act?: Actor | undefined;
}

export const actorSchema: z.ZodType<Actor> = z.lazy(() =>
  z.object({
    sub: z.string().min(1),
    client_id: z.string().min(1),
    role: roleSchema,
    epoch: z.int().min(0),
    act: actorSchema.optional(),
  }),
);

/** The agents that act in a token, the present one first. */
export function actorsOf({ act }: { readonly act?: Actor | undefined }): readonly Actor[] {
  return act === undefined ? [] : [act, ...actorsOf(act)];
}

/** How a token names the key that it is bound to (RFC 9449 section 6.1). */
export const confirmationSchema = z.object({ jkt: jwkThumbprintSchema });

/** Claims of an access token (RFC 9068 section 2.2). Times are NumericDates (RFC 7519 section 2). */
export const accessTokenClaimsSchema = z.object({
  /** `PUBLIC_URL`, and so is `aud`. */
  iss: z.url(),
  /** Id of the agent or operator. */
  sub: z.string().min(1),
  client_id: z.string().min(1),
  aud: z.url(),
  /** Scopes, separated by single spaces. */
  scope: z.string().min(1),
  role: roleSchema,
  /** Tokens of an epoch below the client's own are revoked. */
  epoch: z.int().min(0),
  jti: z.string().min(1),
  iat: z.int(),
  exp: z.int(),
  /** Thumbprint of the key that this token is bound to (RFC 9449 section 6.1): whoever presents it proves to hold that key. */
  cnf: confirmationSchema.optional(),
  /** Who acts for the subject; both need permission (design section 7). */
  act: actorSchema.optional().refine((act) => actorsOf({ act }).length <= actorsMax, 'too many actors'),
  /** `jti` of every token that this one was exchanged for: revoking one of them ends it (RFC 8693). */
  parents: z.array(z.string().min(1)).max(actorsMax).optional(),
});
export type AccessTokenClaims = z.infer<typeof accessTokenClaimsSchema>;

/** `200` of `POST /oauth/token` (RFC 6749 section 5.1). */
export const tokenResponseSchema = z.object({
  access_token: z.string().min(1),
  /** Only in the answer to a token exchange (RFC 8693 section 2.2.1). */
  issued_token_type: z.literal(accessTokenTypeUri).optional(),
  /** `DPoP` where the token carries `cnf`. */
  token_type: z.enum(['Bearer', 'DPoP']),
  /** Life of the token in seconds. */
  expires_in: z.int().min(1),
  scope: z.string().min(1),
});
export type TokenResponse = z.infer<typeof tokenResponseSchema>;
