import * as z from 'zod';
import { stableHex } from '../domain/stable-random.ts';

/** What a chat completion needs of its body (https://platform.openai.com/docs/api-reference/chat/create, read 2026-11-24). */
export const chatRequestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z
    .array(
      z.looseObject({
        role: z.string(),
        content: z.union([z.string(), z.array(z.looseObject({}))]).nullish(),
      }),
    )
    .min(1),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** A chat completion whose text and usage depend on the request alone. */
export function chatCompletion(request: ChatRequest, now: Date) {
  const asked = request.messages.map(({ content }) => textOf(content)).join('\n');
  const answer = `In short: ${asked.slice(-160)}`;
  const promptTokens = countTokens(asked) + 4 * request.messages.length;
  const completionTokens = countTokens(answer);
  return {
    id: `chatcmpl-${stableHex(JSON.stringify(request), 29)}`,
    object: 'chat.completion',
    created: Math.floor(now.getTime() / 1_000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    service_tier: 'default',
    system_fingerprint: 'fp_simulator',
  };
}

type Content = ChatRequest['messages'][number]['content'];

function textOf(content: Content): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (typeof part.text === 'string' ? part.text : '')).join(' ');
}

/** About four characters a token, as OpenAI estimates for English. */
function countTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}
