/** Part of a text: from `start` on, before `end`, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds what looks like one kind of personal data, from left to right. It reads every character a limited number of times,
 * whatever the text holds: a text that is made to be slow is not slow.
 */
export type Detector = (text: string) => Iterable<Span>;

/** Spans of what a pattern matches; the pattern has the flag `g`, and from no place does it look back or try twice. */
export function* matchesOf(pattern: RegExp, text: string): Iterable<Span & { readonly text: string }> {
  for (const match of text.matchAll(pattern)) {
    yield { start: match.index, end: match.index + match[0].length, text: match[0] };
  }
}
