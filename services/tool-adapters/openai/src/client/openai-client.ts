import { setTimeout as delay } from 'node:timers/promises';
import {
  type CredentialSource,
  type ExchangeContext,
  gatherStream,
  isSuccess,
  malformedAnswer,
  type ProviderClient,
  type ProviderStream,
  parseJsonAnswer,
  rejectedAnswer,
} from '@4runr/adapter-kit';
import { EventStreamError, readEvents } from '@4runr/service-kit/sse';
import * as z from 'zod';
import type { OpenaiConfig } from '../config.ts';
import { type ChatChunk, parseChunk, streamEnd } from './chat-chunk.ts';
import { headTimeoutMs, idleTimeoutMs } from './chat-time-limits.ts';
import { complaintSchema } from './complaint.ts';
import type { OpenaiCredential } from './openai-credential.ts';

/** What is relied on of a chat completion (https://platform.openai.com/docs/api-reference/chat/object). */
const completionSchema = z.looseObject({
  choices: z.array(z.looseObject({})),
  usage: z.looseObject({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) }).nullish(),
});
export type ChatCompletion = z.infer<typeof completionSchema>;

/** One chunk of a streamed completion. */
export interface StreamedChunk {
  /** As OpenAI wrote it. */
  readonly data: string;
  readonly chunk: ChatChunk;
}

/** What is asked for. Of its members the client only knows the model. */
export interface ChatBody {
  readonly model: string;
}

export interface OpenaiClient {
  /**
   * `POST /v1/chat/completions`, not streamed. The completion is as OpenAI wrote it.
   *
   * @throws ProblemError `upstream.rejected`, `upstream.failed`, `upstream.timeout`, `service.unavailable` without a credential
   */
  completeChat(context: ExchangeContext, body: ChatBody): Promise<ChatCompletion>;
  /**
   * The same, streamed: `body` has `stream: true`. Whoever leaves early ends the request.
   *
   * @throws ProblemError the same; `upstream.failed` also where the stream ends before OpenAI says that it does
   */
  streamChat(context: ExchangeContext, body: ChatBody): AsyncGenerator<StreamedChunk, void, void>;
}

const chatPath = '/v1/chat/completions';

export function createOpenaiClient(
  provider: ProviderClient,
  { baseUrl }: Pick<OpenaiConfig, 'baseUrl'>,
  credentials: CredentialSource<OpenaiCredential>,
): OpenaiClient {
  const toRequest = (body: object) => {
    const { apiKey } = credentials.get();
    return {
      method: 'POST',
      url: new URL(`${baseUrl}${chatPath}`),
      template: chatPath,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    } as const;
  };
  return {
    async completeChat(context, body) {
      const response = await provider.request(context, toRequest(body));
      if (!isSuccess(response)) throw rejectedAnswer(response, complaintSchema);
      const completion = parseJsonAnswer(response) as ChatCompletion;
      const checked = completionSchema.safeParse(completion);
      if (!checked.success) throw malformedAnswer('OpenAI answered in an unknown form.', checked.error);
      return completion;
    },
    async *streamChat(context, body) {
      const answer = await provider.open(context, { ...toRequest(body), headTimeoutMs, idleTimeoutMs });
      if (!isSuccess(answer)) throw rejectedAnswer(await gatherStream(answer), complaintSchema);
      yield* readChunks(answer);
    },
  };
}

async function* readChunks({ body }: ProviderStream): AsyncGenerator<StreamedChunk, void, void> {
  const events = readEvents(body);
  try {
    for (let next = await events.next(); next.done !== true; next = await events.next()) {
      const { data } = next.value;
      if (data === streamEnd) return await untilOver(events);
      yield { data, chunk: parseChunk(data) };
    }
  } catch (error) {
    throw error instanceof EventStreamError ? malformedAnswer('OpenAI did not stream events.', error) : error;
  } finally {
    void events.return();
  }
  throw malformedAnswer('OpenAI ended the answer in its middle.');
}

/** How long the end of an answer is waited for that has said that it ends, in milliseconds. */
const graceMs = 1_000;

/** A connection whose answer is read to its end serves again. Nothing that happens here is the call's any more. */
async function untilOver(events: AsyncGenerator<unknown>): Promise<void> {
  const waiting = new AbortController();
  const over = events.next().then(
    () => {},
    () => {},
  );
  await Promise.race([over, delay(graceMs, undefined, { signal: waiting.signal }).catch(() => {})]);
  waiting.abort();
}
