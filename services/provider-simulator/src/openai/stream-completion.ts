import { setTimeout as pause } from 'node:timers/promises';
import { formatEvent, writeInTurn } from '@4runr/service-kit/sse';
import type { Response } from 'express';
import type { ChatChoice, ChatCompletion } from './chat-completion.ts';
import { type Complaint, toError } from './complaint.ts';

export interface StreamingOptions {
  /** Whether the chunks tell of usage: null until the last one. */
  readonly includeUsage: boolean;
  /** Between two chunks, in milliseconds. */
  readonly pauseMs: number;
  /** Comes in place of the second half of the chunks, and is the end. */
  readonly brokenOffBy?: Complaint;
}

/** Streams a completion in chunks, no faster than they are read, until its reader leaves. */
export async function streamCompletion(
  response: Response,
  completion: ChatCompletion,
  { includeUsage, pauseMs, brokenOffBy }: StreamingOptions,
): Promise<void> {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  response.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache' });
  try {
    const chunks = completionChunks(completion, includeUsage);
    for (const chunk of brokenOffBy === undefined ? chunks : chunks.slice(0, chunks.length / 2)) {
      await writeInTurn(response, formatEvent({ data: JSON.stringify(chunk) }), leaving);
      if (pauseMs > 0) await pause(pauseMs, undefined, leaving);
    }
    const last = brokenOffBy === undefined ? '[DONE]' : JSON.stringify(toError(brokenOffBy));
    response.end(formatEvent({ data: last }));
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
  }
}

/** The chunks of a completion, as the `openai` library reads them (https://platform.openai.com/docs/api-reference/chat/streaming). */
export function completionChunks(completion: ChatCompletion, includeUsage: boolean): readonly object[] {
  const { choices, usage, object: _, ...shared } = completion;
  const toChunk = (parts: object[], usageThen: object | null) => ({
    ...shared,
    object: 'chat.completion.chunk',
    choices: parts,
    ...(includeUsage ? { usage: usageThen } : {}),
  });
  const chunks = choices.flatMap((choice) => choiceParts(choice).map((part) => toChunk([part], null)));
  return includeUsage ? [...chunks, toChunk([], usage)] : chunks;
}

function choiceParts({ index, message, finish_reason: finishReason }: ChatChoice): readonly object[] {
  const part = (delta: object, finish_reason: string | null = null) => ({
    ...{ index, delta, logprobs: null, finish_reason },
  });
  const { role, content, refusal } = message;
  const [call] = message.tool_calls ?? [];
  const first = { role, content: content === null ? null : '', refusal };
  if (call === undefined) {
    const texts = piecesOf(content ?? '').map((piece) => part({ content: piece }));
    return [part(first), ...texts, part({}, finishReason)];
  }
  const { id, type, function: called } = call;
  const begun = { index: 0, id, type, function: { name: called.name, arguments: '' } };
  const args = piecesOf(called.arguments).map((piece) =>
    part({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
  );
  return [part({ ...first, tool_calls: [begun] }), ...args, part({}, finishReason)];
}

/** About a token each; a character of several code units stays whole. */
function piecesOf(text: string): readonly string[] {
  return text.match(/.{1,4}/gsu) ?? [];
}
