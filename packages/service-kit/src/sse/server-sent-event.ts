/** One event of a `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface ServerSentEvent {
  /** What a client that has lost the stream sends as `Last-Event-ID`. */
  readonly id?: string | undefined;
  /** Its type; `undefined` where it has none, which is a `message`. */
  readonly event?: string | undefined;
  readonly data: string;
}

/** An event as it is written; what has line breaks stands in as many fields. */
export function formatEvent({ id, event, data }: ServerSentEvent): string {
  const name = id === undefined ? '' : `id: ${id}\n`;
  const type = event === undefined ? '' : `event: ${event}\n`;
  const lines = /[\r\n]/.test(data) ? data.split(/\r\n|\r|\n/) : [data];
  return `${name}${type}${lines.map((line) => `data: ${line}\n`).join('')}\n`;
}

/** Says nothing: keeps a connection from looking dead. */
export const heartbeat = ': still here\n\n';
