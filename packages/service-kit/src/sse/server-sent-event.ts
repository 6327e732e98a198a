/** One event of a `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface ServerSentEvent {
  /** Its type; `undefined` where it has none, which is a `message`. */
  readonly event?: string | undefined;
  readonly data: string;
}

/** An event as it is written; what has line breaks stands in as many fields. */
export function formatEvent({ event, data }: ServerSentEvent): string {
  const type = event === undefined ? '' : `event: ${event}\n`;
  const lines = /[\r\n]/.test(data) ? data.split(/\r\n|\r|\n/) : [data];
  return `${type}${lines.map((line) => `data: ${line}\n`).join('')}\n`;
}
