import * as z from 'zod';
import {
  accessTokenTtlSecondsMax,
  accessTokenTtlSecondsMin,
  publicJwkSchema,
  roleSchema,
} from '../token/index.ts';

/** `agt_` and 20 characters of Crockford's base 32: 100 random bits. */
export const agentIdSchema = z.string().regex(/^agt_[0-9a-hjkmnp-tv-z]{20}$/);

/** `kid` of a client secret: `sec_` and 20 characters of the same. */
export const clientSecretIdSchema = z.string().regex(/^sec_[0-9a-hjkmnp-tv-z]{20}$/);

/** A client secret: 256 random bits in base64url behind a prefix by which scanners of leaked secrets know it. */
export const clientSecretSchema = z.string().regex(/^4rs_[\w-]{43}$/);

export const agentStatusSchema = z.enum(['active', 'suspended']);
export type AgentStatus = z.infer<typeof agentStatusSchema>;

/** How a client proves at the token endpoint who it is (RFC 8414 `token_endpoint_auth_methods_supported`). */
export const authMethodSchema = z.enum(['private_key_jwt', 'client_secret_basic']);
export type AuthMethod = z.infer<typeof authMethodSchema>;

/** Life of an agent's access tokens, in seconds. */
export const tokenTtlSecondsSchema = z.int().min(accessTokenTtlSecondsMin).max(accessTokenTtlSecondsMax);

/** One line of text for people: no control characters, not blank. Two patterns, so that matching is linear. */
const lineSchema = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must hold no control characters')
  .regex(/[^\p{Z}]/u, 'must not be blank');

/** An agent's own public keys are at most this many, and so are its secrets. */
export const agentKeysMax = 10;

/** Body of `POST /v1/agents`. Each key is examined by auth-service, which names its faults by JSON Pointer. */
export const createAgentSchema = z.strictObject({
  name: lineSchema.max(100),
  role: roleSchema,
  description: lineSchema.max(500).optional(),
  /** Public keys of the agent. Without them a key or, for `client_secret_basic`, a secret is made, and answered once. */
  jwks: z
    .strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(agentKeysMax) })
    .optional(),
  /** `private_key_jwt` unless said otherwise; an agent has no other way than its own. */
  authMethod: authMethodSchema.optional(),
  tokenTtlSeconds: tokenTtlSecondsSchema.optional(),
});
export type CreateAgent = z.infer<typeof createAgentSchema>;

/** `200` of `GET /v1/agents/{id}`; the `ETag` beside it changes with every change of the agent. */
export const agentSchema = z.object({
  id: agentIdSchema,
  name: z.string(),
  role: roleSchema,
  description: z.string().optional(),
  status: agentStatusSchema,
  clientId: z.string().min(1),
  authMethod: authMethodSchema,
  jwks: z.object({ keys: z.array(publicJwkSchema) }),
  /** What tells the secrets of an agent with `client_secret_basic` apart; the secrets themselves are never shown again. */
  secrets: z.array(z.object({ kid: clientSecretIdSchema, createdAt: z.iso.datetime() })).optional(),
  tokenTtlSeconds: tokenTtlSecondsSchema,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Agent = z.infer<typeof agentSchema>;

/** `201` of `POST /v1/agents`, with `Location` and `ETag`. */
export const createAgentResponseSchema = agentSchema.extend({
  /** PKCS#8 PEM of the key that was made for the agent: shown here only, and stored nowhere. */
  privateKey: z.string().startsWith('-----BEGIN PRIVATE KEY-----').optional(),
  /** The secret of an agent with `client_secret_basic`: shown here only, and stored as a keyed hash. */
  clientSecret: clientSecretSchema.optional(),
});
export type CreateAgentResponse = z.infer<typeof createAgentResponseSchema>;

/** Body of `PATCH /v1/agents/{id}`: what it names is changed, and all of it or nothing. */
export const updateAgentSchema = z
  .strictObject({
    name: lineSchema.max(100).optional(),
    /** Another role ends every token of the agent. */
    role: roleSchema.optional(),
    /** `null` takes it away. */
    description: lineSchema.max(500).nullable().optional(),
    /** Suspending ends every token of the agent; resuming revives none. */
    status: agentStatusSchema.optional(),
    /** Holds for tokens from now on. */
    tokenTtlSeconds: tokenTtlSecondsSchema.optional(),
  })
  .refine((update) => Object.keys(update).length > 0, {
    error: 'names nothing to change',
    when: ({ issues }) => issues.length === 0,
  });
export type UpdateAgent = z.infer<typeof updateAgentSchema>;

/**
 * Body of `POST /v1/agents/{id}/keys`. Without `jwk` a key is made, and its private half is answered once; an agent with
 * `client_secret_basic` gets a secret instead.
 */
export const addAgentKeySchema = z.strictObject({ jwk: z.record(z.string(), z.unknown()).optional() });
export type AddAgentKey = z.infer<typeof addAgentKeySchema>;

/** `201` of `POST /v1/agents/{id}/keys`, with the agent's new `ETag`. */
export const addAgentKeyResponseSchema = z.object({
  /** Names the key, or the secret, at `DELETE /v1/agents/{id}/keys/{kid}`. */
  kid: z.string().min(1),
  jwk: publicJwkSchema.optional(),
  /** PKCS#8 PEM of the key that was made: shown here only, and stored nowhere. */
  privateKey: z.string().startsWith('-----BEGIN PRIVATE KEY-----').optional(),
  /** A secret that was made: shown here only, and stored as a keyed hash. */
  clientSecret: clientSecretSchema.optional(),
});
export type AddAgentKeyResponse = z.infer<typeof addAgentKeyResponseSchema>;

/** `200` of `POST /v1/agents/{id}/revoke-tokens`, with the agent's new `ETag`. */
export const revokeAgentTokensResponseSchema = z.object({
  /** Tokens of a lower epoch are revoked. */
  epoch: z.int().min(1),
});
export type RevokeAgentTokensResponse = z.infer<typeof revokeAgentTokensResponseSchema>;

/** Query of `GET /v1/agents`. Filters add up. */
export const listAgentsQuerySchema = z.strictObject({
  status: agentStatusSchema.optional(),
  role: roleSchema.optional(),
  /** Part of the name, in any case. */
  name: lineSchema.max(100).optional(),
  /** Agents per page. */
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** `nextCursor` of the page before. The filters are given again. */
  cursor: z.string().max(200).optional(),
});
export type ListAgentsQuery = z.infer<typeof listAgentsQuerySchema>;

/** `200` of `GET /v1/agents`, oldest first. `nextCursor` is null on the last page. */
export const agentListSchema = z.object({ items: z.array(agentSchema), nextCursor: z.string().nullable() });
export type AgentList = z.infer<typeof agentListSchema>;
