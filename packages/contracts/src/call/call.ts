import * as z from 'zod';
import { jsonSchemaSchema, nameSchema } from '../manifest/index.ts';

/** The parameters of a call: a JSON object that fits the action's schema. */
export const paramsSchema = z.record(z.string(), z.unknown());
export type Params = z.infer<typeof paramsSchema>;

/** `<tool>:<action>`. */
export function toScope(tool: string, action: string): string {
  return `${tool}:${action}`;
}

/**
 * What became of a call at the cache of answers: answered from it, fetched, answered from it though its life was over, or
 * not asked of it.
 */
export const cacheUseSchema = z.enum(['hit', 'miss', 'stale', 'bypass']);
export type CacheUse = z.infer<typeof cacheUseSchema>;

/** `200` of `POST /v1/tools/{tool}/{action}`. */
export const callResponseSchema = z.object({
  data: z.unknown(),
  meta: z.object({
    callId: z.string().min(1),
    tool: nameSchema,
    action: nameSchema,
    cache: cacheUseSchema,
    attempts: z.int().min(0),
    durationMs: z.number().min(0),
    traceId: z.string().regex(/^[0-9a-f]{32}$/),
  }),
});
export type CallResponse = z.infer<typeof callResponseSchema>;

/** Body of `POST /actions/{action}` at an adapter. The permit travels in the header `Gateway-Permit`. */
export const adapterRequestSchema = z.strictObject({
  callId: z.string().min(1).max(128),
  params: paramsSchema,
});
export type AdapterRequest = z.infer<typeof adapterRequestSchema>;

/** What a call consumed at the provider, by unit, e.g. `{ "inputTokens": 12, "outputTokens": 40 }`. Tokens are whole. */
export const usageSchema = z
  .record(z.string().regex(/^[a-z][A-Za-z0-9]{0,62}$/), z.number().min(0).max(Number.MAX_SAFE_INTEGER))
  .refine(({ inputTokens = 0, outputTokens = 0 }) => [inputTokens, outputTokens].every(Number.isInteger), {
    error: 'has tokens that are not whole',
  });
export type Usage = z.infer<typeof usageSchema>;

/** `200` of an adapter. Its failures are problem documents that always carry `dispatched`. */
export const adapterResponseSchema = z.object({ result: z.unknown(), usage: usageSchema.optional() });
export type AdapterResponse = z.infer<typeof adapterResponseSchema>;

/** One tool as an agent sees it: only the actions that it may call. */
export const toolDescriptionSchema = z.object({
  name: nameSchema,
  version: z.string(),
  description: z.string(),
  actions: z.array(
    z.object({
      name: nameSchema,
      scope: z.string(),
      description: z.string(),
      effect: z.string(),
      params: jsonSchemaSchema,
      result: jsonSchemaSchema.optional(),
    }),
  ),
});
export type ToolDescription = z.infer<typeof toolDescriptionSchema>;

/** `200` of `GET /v1/tools`. */
export const toolListSchema = z.object({ items: z.array(toolDescriptionSchema) });
export type ToolList = z.infer<typeof toolListSchema>;
