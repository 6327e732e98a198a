import type { StreamHandler } from '@4runr/adapter-kit';
import { withoutUsage } from '../../client/chat-chunk.ts';
import type { OpenaiClient } from '../../client/openai-client.ts';
import type { OpenaiConfig } from '../../config.ts';
import { limitOutput } from './limit-output.ts';
import type { ChatParams } from './manifest.ts';
import { type ChatUsage, toUsage } from './usage.ts';

/**
 * `openai:chat`, streamed: the pieces are OpenAI's chunks. OpenAI is always asked for usage, which is reported; the caller sees it
 * where it has asked for it too.
 */
export function createChatStream(
  openai: OpenaiClient,
  { outputTokens }: Pick<OpenaiConfig, 'outputTokens'>,
): StreamHandler<ChatParams> {
  return async function* (call) {
    const { stream_options: options, ...params } = limitOutput(call.params, outputTokens);
    const isUsageWanted = options?.include_usage === true;
    const body = { ...params, stream_options: { ...options, include_usage: true } };
    let usage: ChatUsage | null | undefined;
    for await (const { data, chunk } of openai.streamChat(call, body)) {
      usage = chunk.usage ?? usage;
      if (isUsageWanted || !Object.hasOwn(chunk, 'usage')) {
        yield data;
      } else {
        const shown = withoutUsage(chunk);
        if (shown !== undefined) yield JSON.stringify(shown);
      }
    }
    return toUsage(usage);
  };
}
