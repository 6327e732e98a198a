import type { AttributeValue, Span } from './span.ts';

/** A span and what happened below it, both in the order of time. */
export interface TraceNode {
  readonly span: Span;
  readonly children: readonly TraceNode[];
}

/** The roots of a trace: spans without a parent, or whose parent was not received. */
export function buildTree(spans: readonly Span[]): TraceNode[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const byParent = Map.groupBy(spans, ({ parentSpanId }) => (known.has(parentSpanId) ? parentSpanId : ''));
  const nodesBelow = (parent: string): TraceNode[] =>
    (byParent.get(parent) ?? [])
      .toSorted((a, b) => a.startMs - b.startMs)
      .map((span) => ({ span, children: nodesBelow(span.spanId) }));
  return nodesBelow('');
}

/** Whether every span hangs on one root. */
export function isComplete(spans: readonly Span[]): boolean {
  const roots = buildTree(spans);
  return roots.length === 1 && roots[0]?.span.parentSpanId === '';
}

/**
 * The tree for people, one span a line: service, name, start and duration, and what matters of its attributes. The edge,
 * whose request id the trace id is, makes no span of its own (nginx cannot without a module of its own).
 */
export function renderTree(spans: readonly Span[]): string {
  const roots = buildTree(spans);
  const begun = Math.min(...spans.map(({ startMs }) => startMs));
  const ended = Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs));
  const lines = roots.flatMap((root) => renderNode(root, '', ''));
  const width = Math.max(...lines.map(({ label }) => label.length));
  const rows = lines.map(({ label, span }) => {
    const times = `${formatMs(span.startMs - begun)} +${formatMs(span.durationMs).trimStart()}`.padEnd(22);
    return `${label.padEnd(width)}  ${times}${describe(span)}`.trimEnd();
  });
  const services = new Set(spans.map(({ service }) => service)).size;
  const title = `trace ${spans[0]?.traceId}: ${spans.length} spans of ${services} services in ${formatMs(ended - begun).trim()}`;
  return [title, ...rows].join('\n');
}

function renderNode(node: TraceNode, lead: string, rest: string): { label: string; span: Span }[] {
  const { span, children } = node;
  return [
    { label: `${lead}${span.service}  ${span.name}`, span },
    ...children.flatMap((child, index) => {
      const isLast = index === children.length - 1;
      return renderNode(child, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`);
    }),
  ];
}

/** By OpenTelemetry's semantic conventions; the rest is in the store. */
const shownAttributes: readonly string[] = [
  'http.response.status_code',
  'error.type',
  'server.address',
  'gen_ai.tool.name',
  'gen_ai.request.model',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'db.operation.name',
];

function describe(span: Span): string {
  const shown = shownAttributes.flatMap((key) => {
    const value = span.attributes[key];
    return value === undefined ? [] : [`${key.split('.').at(-1)}=${formatValue(value)}`];
  });
  const own = Object.entries(span.attributes)
    .filter(([key]) => key.startsWith('gateway.'))
    .map(([key, value]) => `${key.slice('gateway.'.length)}=${formatValue(value)}`);
  const events = span.events.map(({ name, offsetMs }) => `${name}@${formatMs(offsetMs).trim()}`);
  const error = span.error === undefined ? [] : [`ERROR ${span.error}`.trim()];
  const links = span.links.map(({ traceId }) => `linked to trace ${traceId}`);
  return [...shown, ...own, ...error, ...links, ...(events.length > 0 ? [`[${events.join(' ')}]`] : [])].join(
    ' ',
  );
}

function formatValue(value: AttributeValue): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

function formatMs(ms: number): string {
  return `${ms.toFixed(1)} ms`.padStart(9);
}
