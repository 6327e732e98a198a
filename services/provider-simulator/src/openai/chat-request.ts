import * as z from 'zod';
import type { Complaint } from './complaint.ts';

/** A function that the model may ask its caller to call; tools of other types are not played. */
const functionToolSchema = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string(),
    parameters: z
      .looseObject({ properties: z.record(z.string(), z.looseObject({ type: z.unknown() })).optional() })
      .optional(),
  }),
});
export type FunctionTool = z.infer<typeof functionToolSchema>;

/** What is played of the body (https://platform.openai.com/docs/api-reference/chat/create, read 2026-11-24). */
const chatRequestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(['developer', 'system', 'user', 'assistant', 'tool', 'function']),
        content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullish(),
      }),
    )
    .min(1),
  n: z.int().min(1).max(128).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  tools: z.array(z.union([functionToolSchema, z.looseObject({ type: z.string() })])).nullish(),
  tool_choice: z
    .union([z.string(), z.looseObject({ function: z.looseObject({ name: z.string() }).optional() })])
    .nullish(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** The model that does not exist; any other does. */
const unknownModel = 'invalid';

/** Reads the body of a chat request, or says what OpenAI would say of it. */
export function readChatRequest(body: unknown): { chat: ChatRequest } | { complaint: Complaint } {
  const read = chatRequestSchema.safeParse(body ?? {});
  if (!read.success) return { complaint: complaintOf(read.error, body) };
  const { model, stream, stream_options: options } = read.data;
  if (model === unknownModel) return { complaint: modelNotFound(model) };
  if (stream !== true && options != null) return { complaint: optionsWithoutStream };
  return { chat: read.data };
}

function complaintOf({ issues: [issue] }: z.ZodError, body: unknown): Complaint {
  const path = issue?.path ?? [];
  const param = toParam(path);
  if (path[0] === 'model' && valueAt(body, path) === undefined) {
    return { status: 400, message: 'you must provide a model parameter' };
  }
  if (path.length > 0 && valueAt(body, path) === undefined) {
    const message = `Missing required parameter: '${param}'.`;
    return { status: 400, message, param, code: 'missing_required_parameter' };
  }
  const message = `Invalid value for '${param}': ${issue?.message}.`;
  return {
    status: 400,
    message,
    param,
    code: issue?.code === 'invalid_type' ? 'invalid_type' : 'invalid_value',
  };
}

/** A path as OpenAI writes it: `messages[0].role`. */
function toParam(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    body,
  );
}

function modelNotFound(model: string): Complaint {
  const message = `The model \`${model}\` does not exist or you do not have access to it.`;
  return { status: 404, message, code: 'model_not_found' };
}

const optionsWithoutStream: Complaint = {
  status: 400,
  message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
  param: 'stream_options',
};
