import { brokenOffAnswer, malformedAnswer } from '@4runr/adapter-kit';
import * as z from 'zod';
import { complaintSchema } from './complaint.ts';

/** What ends the events of a streamed completion. */
export const streamEnd = '[DONE]';

/** What is relied on of a chunk (https://platform.openai.com/docs/api-reference/chat/streaming). */
const chunkSchema = z.looseObject({
  choices: z.array(z.looseObject({})),
  /** Of all chunks, in the last one; null in the others. */
  usage: z.looseObject({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) }).nullish(),
});
export type ChatChunk = z.infer<typeof chunkSchema>;

/**
 * Reads the data of one event.
 *
 * @throws ProblemError `upstream.failed` for what is no chunk, an error that OpenAI tells within the stream among it
 */
export function parseChunk(data: string): ChatChunk {
  const value = parseJson(data);
  const complaint = complaintSchema.safeParse(value);
  if (complaint.success) throw brokenOffAnswer(complaint.data);
  const chunk = chunkSchema.safeParse(value);
  if (!chunk.success) throw malformedAnswer('OpenAI streamed in an unknown form.', chunk.error);
  // As OpenAI wrote it, members in their order.
  return value as ChatChunk;
}

/**
 * A chunk as one who did not ask for usage would have got it: without the member, and none at all where usage is all that it is
 * about.
 */
export function withoutUsage({ usage, ...chunk }: ChatChunk): Omit<ChatChunk, 'usage'> | undefined {
  return usage != null && chunk.choices.length === 0 ? undefined : chunk;
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw malformedAnswer('OpenAI did not stream JSON.', cause);
  }
}
