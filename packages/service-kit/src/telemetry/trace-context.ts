import { randomBytes } from 'node:crypto';
import { type Context, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

/** The remote parent that a `traceparent` header names (W3C Trace Context), or `undefined` when it is not usable. */
export function readTraceParent(header: string | undefined): Context | undefined {
  const parent = readSpanContext(header);
  return parent === undefined ? undefined : trace.setSpanContext(ROOT_CONTEXT, parent);
}

/** The span that a `traceparent` names, to link to it. */
export function readSpanContext(header: string | undefined): SpanContext | undefined {
  const parent = header === undefined ? null : parseTraceParent(header);
  return parent === null ? undefined : { ...parent, isRemote: true };
}

export function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** The span under way here, where its trace is sampled. */
export function sampledSpan(): SpanContext | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSampled(span) ? span : undefined;
}

export function formatTraceParent(span: SpanContext): string {
  return `00-${span.traceId}-${span.spanId}-0${(span.traceFlags & 1).toString()}`;
}

/** A trace of its own that is not sampled, here and wherever its `traceparent` goes. */
export function untracedContext(): Context {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.NONE, isRemote: true });
}

const traceIdForm = /^(?!0{32})[0-9a-f]{32}$/;

/** Whether a correlation id can serve as a trace id: 32 lower-case hex digits, not all zero. */
export function isTraceId(value: string | undefined): value is string {
  return value !== undefined && traceIdForm.test(value);
}
