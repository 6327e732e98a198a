import { type ActionManifest, factAnnotation } from '@4runr/contracts/manifest';
import { headTimeoutMs, idleTimeoutMs, streamTimeoutMs } from '../../client/chat-time-limits.ts';

/** OpenAI's request body for a chat completion. */
export interface ChatParams {
  readonly model: string;
  readonly messages: readonly object[];
  readonly stream_options?: { readonly include_usage?: boolean | null } | null;
  readonly [member: string]: unknown;
}

const message = {
  type: 'object',
  required: ['role'],
  properties: { role: { enum: ['developer', 'system', 'user', 'assistant', 'tool', 'function'] } },
  additionalProperties: true,
};

/**
 * A completion changes nothing in the world: repeating a failed attempt costs money, which quotas count, and does no
 * harm. Hence `read`, so that it is retried, and broken off when nobody waits for it any more.
 */
export const chatManifest: ActionManifest = {
  description: 'Completes a chat. The parameters are the body of OpenAI’s POST /v1/chat/completions.',
  effect: 'read',
  timeoutMs: headTimeoutMs,
  streaming: { param: 'stream', idleTimeoutMs, timeoutMs: streamTimeoutMs },
  params: {
    type: 'object',
    required: ['model', 'messages'],
    properties: {
      model: {
        type: 'string',
        minLength: 1,
        maxLength: 256,
        description: 'The model, e.g. gpt-4o-mini.',
        [factAnnotation]: 'model',
      },
      messages: { type: 'array', minItems: 1, maxItems: 2_048, items: message },
      stream: {
        type: ['boolean', 'null'],
        description: 'Answers are streamed by POST /openai/v1/chat/completions alone.',
      },
      stream_options: {
        type: ['object', 'null'],
        properties: { include_usage: { type: ['boolean', 'null'] } },
        additionalProperties: true,
      },
      temperature: { type: ['number', 'null'], minimum: 0, maximum: 2 },
      top_p: { type: ['number', 'null'], minimum: 0, maximum: 1 },
      n: { type: ['integer', 'null'], minimum: 1, maximum: 128 },
      max_tokens: { type: ['integer', 'null'], minimum: 1 },
      max_completion_tokens: { type: ['integer', 'null'], minimum: 1 },
      tools: { type: 'array', maxItems: 128, items: { type: 'object' } },
    },
    additionalProperties: true,
    examples: [{ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Say hello.' }] }],
  },
  result: {
    type: 'object',
    description: 'A chat completion, see https://platform.openai.com/docs/api-reference/chat/object.',
    required: ['choices'],
    properties: {
      choices: { type: 'array', items: { type: 'object' } },
      usage: { type: ['object', 'null'] },
    },
    additionalProperties: true,
  },
};
