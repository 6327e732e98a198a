import type { ActionHandler } from '@4runr/adapter-kit';
import type { OpenaiClient } from '../../client/openai-client.ts';
import type { OpenaiConfig } from '../../config.ts';
import { limitOutput } from './limit-output.ts';
import type { ChatParams } from './manifest.ts';
import { toUsage } from './usage.ts';

/** `openai:chat`: the result is OpenAI's completion; its tokens are reported as usage. */
export function createChatHandler(
  openai: OpenaiClient,
  { outputTokens }: Pick<OpenaiConfig, 'outputTokens'>,
): ActionHandler<ChatParams> {
  return async (call) => {
    const completion = await openai.completeChat(call, limitOutput(call.params, outputTokens));
    return { result: completion, ...toUsage(completion.usage) };
  };
}
