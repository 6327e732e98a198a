import { stableHex } from '../domain/stable-random.ts';
import type { ChatRequest } from './chat-request.ts';

/**
 * A chat completion (https://platform.openai.com/docs/api-reference/chat/object, read 2026-11-24) whose texts and usage
 * depend on the request alone.
 */
export function chatCompletion(request: ChatRequest, now: Date): object {
  const asked = request.messages.map(({ content }) => textOf(content)).join('\n');
  const { text, finishReason } = cut(`In short: ${asked.slice(-160)}`, request);
  const choices = request.n ?? 1;
  return {
    id: `chatcmpl-${stableHex(JSON.stringify([request.model, asked, text, choices]), 29)}`,
    object: 'chat.completion',
    created: Math.floor(now.getTime() / 1_000),
    model: request.model,
    choices: Array.from({ length: choices }, (_, index) => ({
      index,
      message: { role: 'assistant', content: text, refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: finishReason,
    })),
    usage: usageOf(countTokens(asked) + 4 * request.messages.length, choices * countTokens(text)),
    service_tier: 'default',
    system_fingerprint: 'fp_simulator',
  };
}

function usageOf(promptTokens: number, completionTokens: number) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

type Content = ChatRequest['messages'][number]['content'];

function textOf(content: Content): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (typeof part.text === 'string' ? part.text : '')).join(' ');
}

/** As OpenAI estimates for English. */
const charactersPerToken = 4;

function countTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / charactersPerToken));
}

/** An answer is cut at the tokens that the request allows it. */
function cut(text: string, { max_completion_tokens, max_tokens }: ChatRequest) {
  const tokensMax = max_completion_tokens ?? max_tokens ?? Number.POSITIVE_INFINITY;
  if (countTokens(text) <= tokensMax) return { text, finishReason: 'stop' };
  return { text: text.slice(0, tokensMax * charactersPerToken), finishReason: 'length' };
}
