import type { StreamEnd } from '@4runr/adapter-kit';

/** What OpenAI says that a completion took, in tokens. */
export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

/** The same as it is reported; nothing where OpenAI says nothing. */
export function toUsage(usage: ChatUsage | null | undefined): StreamEnd {
  if (usage == null) return {};
  return { usage: { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens } };
}
