import * as z from 'zod';
import { actionCostSchema } from '../cost/index.ts';
import { operatorResources } from '../token/index.ts';

/** Kinds of value that a policy's guards look at. */
export const factKinds = ['url', 'model', 'recipient'] as const;
export type FactKind = (typeof factKinds)[number];

/** The annotation in a parameters schema that marks a value as a fact: `"x-gateway-fact": "url"`. */
export const factAnnotation = 'x-gateway-fact';

/** Names of tools and actions: they become scopes, metric labels and paths. */
export const nameSchema = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);

/** A name that a tool can have: none that scopes of operators begin with, `agents:write` among them. */
export const toolNameSchema = nameSchema.refine((name) => !operatorResources.includes(name), {
  error: 'is a resource of operators',
});

/** A JSON Schema (draft 2020-12) as plain data. */
export const jsonSchemaSchema = z.record(z.string(), z.unknown());
export type JsonSchema = z.infer<typeof jsonSchemaSchema>;

/**
 * What carrying an action out does to the world: `read` changes nothing; `idempotent` may be repeated with the same
 * effect; `effect` must happen at most once.
 */
export const effectSchema = z.enum(['read', 'idempotent', 'effect']);
export type Effect = z.infer<typeof effectSchema>;

/** How long, and for whom, a result may serve calls with the same parameters. */
export const actionCacheSchema = z.strictObject({
  /** Life of a result, in seconds. */
  ttlSeconds: z.int().min(1).max(86_400),
  /** Whether a result serves the agent that asked for it alone, or every agent that may make the call. */
  scope: z.enum(['agent', 'shared']),
  /** How long after its life a result may still be answered while it is fetched anew (RFC 5861 section 3). Default: not at all. */
  staleWhileRevalidateSeconds: z.int().min(1).max(86_400).exactOptional(),
});
export type ActionCache = z.infer<typeof actionCacheSchema>;

/** How answers of an action are streamed: bit by bit, as their provider gives them. */
export const streamingSchema = z.strictObject({
  /** The parameter that asks for it by being `true`. */
  param: z.string().min(1).max(64),
  /** Longest silence within an answer that somebody reads, in milliseconds. */
  idleTimeoutMs: z.int().min(1).max(600_000),
  /** Longest time of a whole answer, in milliseconds. Until it begins it has `timeoutMs`. */
  timeoutMs: z.int().min(1).max(3_600_000),
});
export type Streaming = z.infer<typeof streamingSchema>;

/** Whether these parameters ask for a streamed answer. */
export function asksForStream(
  { streaming }: Pick<ActionManifest, 'streaming'>,
  params: Readonly<Record<string, unknown>>,
): boolean {
  return streaming !== undefined && params[streaming.param] === true;
}

/**
 * Scopes whose answers can be streamed. Policies are written where no manifest is known, and those that ask of an answer what
 * cannot be done to a stream have to be refused there; so no manifest may offer to stream another action.
 */
export const streamedScopes: ReadonlySet<string> = new Set(['openai:chat']);

export const actionManifestSchema = z
  .strictObject({
    description: z.string().min(1),
    effect: effectSchema,
    /** Schema of the call's body. Its root is an object. */
    params: jsonSchemaSchema,
    /** Schema of the call's `data`. A result that does not fit it is the provider's failure. */
    result: jsonSchemaSchema.optional(),
    /** Longest time that one attempt may take, in milliseconds. */
    timeoutMs: z.int().min(1).max(600_000),
    /** Without it no result is kept. Of a `read` alone: whatever changes the world must happen each time. */
    cache: actionCacheSchema.exactOptional(),
    /** Of a `read` alone: a stream ends when its reader leaves. Absent where the action does not stream. */
    streaming: streamingSchema.exactOptional(),
    /** Without it nobody knows what a call may cost, and quotas of tokens or money deny it. */
    cost: actionCostSchema.exactOptional(),
  })
  .refine(({ effect, cache }) => cache === undefined || effect === 'read', {
    path: ['cache'],
    error: 'is of reads alone',
  })
  .refine(({ effect, streaming }) => streaming === undefined || effect === 'read', {
    path: ['streaming'],
    error: 'is of reads alone',
  });
export type ActionManifest = z.infer<typeof actionManifestSchema>;

/**
 * What fails together, and so is given up together for a while and has a share of its own of all attempts: a tool has one
 * provider, or speaks to each host that its url facts name.
 */
export const isolationSchema = z.enum(['tool', 'host']);
export type Isolation = z.infer<typeof isolationSchema>;

/** What an adapter says of itself at `GET /manifest`. */
export const manifestSchema = z.strictObject({
  tool: toolNameSchema,
  /** Changes whenever the meaning of an action changes. */
  version: z.string().min(1).max(64),
  description: z.string().min(1),
  /** Default: `tool`. */
  isolation: isolationSchema.exactOptional(),
  actions: z.record(nameSchema, actionManifestSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;
