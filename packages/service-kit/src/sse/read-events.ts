import { TextDecoder } from 'node:util';
import { createParser } from 'eventsource-parser';
import type { ServerSentEvent } from './server-sent-event.ts';

/** What comes is no stream of events. */
export class EventStreamError extends Error {
  override readonly name = 'EventStreamError';
}

/** Longest event, in characters; whoever sends a longer one does not get the memory for it. */
const eventLengthMax = 1_048_576;

/**
 * The events in bytes as they come, however these are cut. An event that is not complete when they end is none. Reads no faster
 * than its reader, and ends the bytes when that leaves.
 *
 * @throws EventStreamError when they are not UTF-8, or an event is longer than a million characters; and what `chunks` throws
 */
export async function* readEvents(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<ServerSentEvent, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const events: ServerSentEvent[] = [];
  let fault: Error | undefined;
  const parser = createParser({
    maxBufferSize: eventLengthMax,
    onEvent: (event) => void events.push(event),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') fault = error;
    },
  });
  for await (const chunk of chunks) {
    parser.feed(decode(decoder, chunk));
    for (const event of events) yield event;
    events.length = 0;
    if (fault !== undefined) throw new EventStreamError('an event is too long', { cause: fault });
  }
}

function decode(decoder: TextDecoder, chunk: Buffer): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new EventStreamError('the events are not UTF-8', { cause });
  }
}
