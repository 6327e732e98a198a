import type { ActionHandler } from '@4runr/adapter-kit';
import type { OpenaiClient } from '../../client/openai-client.ts';
import type { ChatParams } from './manifest.ts';
import { toUsage } from './usage.ts';

/** `openai:chat`: the result is OpenAI's completion; its tokens are reported as usage. */
export function createChatHandler(openai: OpenaiClient): ActionHandler<ChatParams> {
  return async (call) => {
    const completion = await openai.completeChat(call, call.params);
    return { result: completion, ...toUsage(completion.usage) };
  };
}
