import type { ChatParams } from './manifest.ts';

/**
 * The request with a limit of tokens for each answer: the caller's, else this one. Without any, nothing would bound what a call costs.
 */
export function limitOutput(params: ChatParams, outputTokens: number): ChatParams {
  const isLimited = (params.max_completion_tokens ?? params.max_tokens ?? undefined) !== undefined;
  return isLimited ? params : { ...params, max_completion_tokens: outputTokens };
}
