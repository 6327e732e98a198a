import { stableHex } from '../domain/stable-random.ts';
import type { ChatRequest } from './chat-request.ts';
import { type FunctionCall, functionCalled } from './function-call.ts';

export interface ChatCompletion {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly ChatChoice[];
  readonly usage: object;
  readonly service_tier: string;
  readonly system_fingerprint: string;
}

export interface ChatChoice {
  readonly index: number;
  readonly message: {
    readonly role: string;
    /** Null where a function is to be called. */
    readonly content: string | null;
    readonly refusal: null;
    readonly tool_calls?: readonly FunctionCall[];
  };
  readonly logprobs: null;
  readonly finish_reason: string;
}

/**
 * A chat completion (https://platform.openai.com/docs/api-reference/chat/object, read 2026-11-24) whose texts and usage
 * depend on the request alone.
 */
export function chatCompletion(request: ChatRequest, now: Date): ChatCompletion {
  const asked = request.messages.map(({ content }) => textOf(content)).join('\n');
  const called = functionCalled(request, asked);
  const { text, finishReason } = cut(`In short: ${asked.slice(-160)}`, request);
  const choices = request.n ?? 1;
  return {
    id: `chatcmpl-${stableHex(JSON.stringify([request.model, asked, text, choices]), 29)}`,
    object: 'chat.completion',
    created: Math.floor(now.getTime() / 1_000),
    model: request.model,
    choices: Array.from({ length: choices }, (_, index) => ({
      index,
      message: {
        ...{ role: 'assistant', content: called === undefined ? text : null, refusal: null, annotations: [] },
        ...(called === undefined ? {} : { tool_calls: [called] }),
      },
      logprobs: null,
      finish_reason: called === undefined ? finishReason : 'tool_calls',
    })),
    usage: usageOf(
      countTokens(asked) + 4 * request.messages.length,
      choices * countTokens(called?.function.arguments ?? text),
    ),
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
