import type { Inference, StartInference } from '@4runr/adapter-kit';
import type { ChatBody, OpenaiClient, StreamedChunk } from './openai-client.ts';

/** The same client; each completion has a span, streamed ones until their stream has ended. */
export function traceCompletions(openai: OpenaiClient, start: StartInference): OpenaiClient {
  const startChat = ({ model }: ChatBody) => start({ provider: 'openai', operation: 'chat', model });
  return {
    async completeChat(context, body) {
      const inference = startChat(body);
      try {
        const completion = await inference.within(() => openai.completeChat(context, body));
        inference.end(usedBy(completion));
        return completion;
      } catch (error) {
        inference.fail(error);
        throw error;
      }
    },
    async *streamChat(context, body) {
      yield* traceChunks(openai.streamChat(context, body), startChat(body));
    },
  };
}

async function* traceChunks(
  chunks: AsyncGenerator<StreamedChunk, void, void>,
  inference: Inference,
): AsyncGenerator<StreamedChunk, void, void> {
  let used: ReturnType<typeof usedBy> = {};
  try {
    let next = await inference.within(() => chunks.next());
    for (; next.done !== true; next = await chunks.next()) {
      used = { ...used, ...usedBy(next.value.chunk) };
      yield next.value;
    }
  } catch (error) {
    inference.fail(error);
    throw error;
  } finally {
    await chunks.return();
    inference.end(used);
  }
}

interface Tellable {
  readonly model?: unknown;
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null | undefined;
}

function usedBy({ model, usage }: Tellable): Parameters<Inference['end']>[0] & object {
  return {
    ...(typeof model === 'string' ? { model } : {}),
    ...(usage == null
      ? {}
      : { usage: { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens } }),
  };
}
