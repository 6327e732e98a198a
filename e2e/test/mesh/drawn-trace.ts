import type { Span } from '@4runr/local-stack';

/** What is another one in every run, and what stands for it in a drawing. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/\b(call|dec|agt|job)_[\w-]+/g, '$1_…'],
  [/sha256:[0-9a-f]{64}/g, 'sha256:…'],
  [/(127\.0\.0\.1|localhost):\d+/g, '$1:…'],
];
const volatileKeys: ReadonlySet<string> = new Set(['server.port', 'gateway.pause_ms']);

/**
 * A trace as text: each span with service, kind and name below the one that it belongs to; its attributes behind `|`, its events
 * behind `*`, and what it is linked to. Children stand in the order of their start.
 */
export function drawTrace(spans: readonly Span[], linked: Readonly<Record<string, string>> = {}): string {
  return `${drawBelow(spans, '', '', linked).join('\n')}\n`;
}

function drawBelow(
  spans: readonly Span[],
  parent: string,
  indent: string,
  linked: Readonly<Record<string, string>>,
): string[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parent)
    .sort((a, b) => a.startMs - b.startMs)
    .flatMap((span) => [
      `${indent}${span.service} ${span.kind} ${span.name}${span.error === undefined ? '' : ' ERROR'}`,
      ...span.links.map(({ traceId }) => `${indent}  > linked to ${linked[traceId] ?? 'another trace'}`),
      ...drawAttributes(span.attributes).map((line) => `${indent}  | ${line}`),
      ...span.events.map(({ name, attributes }) =>
        [`${indent}  * ${name}`, ...drawAttributes(attributes)].join(' '),
      ),
      ...drawBelow(spans, span.spanId, `${indent}    `, linked),
    ]);
}

function drawAttributes(attributes: Span['attributes']): string[] {
  return Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${volatileKeys.has(key) ? '…' : steady(String(value))}`);
}

function steady(text: string): string {
  return volatile.reduce((so, [pattern, instead]) => so.replaceAll(pattern, instead), text);
}
