import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { isSampled } from './trace-context.ts';

/**
 * Hands on the spans that are sampled, and of the others those that failed or were slow. Only first spans of traces come unsampled
 * (`RootSampler`): what lies below them is not there, but the steps of the call are, as their events.
 */
export class NotableSpans implements SpanProcessor {
  readonly #next: SpanProcessor;
  readonly #slowMs: number;

  constructor(next: SpanProcessor, slowMs: number) {
    this.#next = next;
    this.#slowMs = slowMs;
  }

  onStart(span: Span, ...rest: [never]): void {
    this.#next.onStart(span, ...rest);
  }

  onEnd(span: ReadableSpan): void {
    if (isSampled(span.spanContext())) this.#next.onEnd(span);
    else if (this.#isNotable(span)) this.#next.onEnd(asSampled(span));
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown();
  }

  #isNotable({ status, duration }: ReadableSpan): boolean {
    return status.code === SpanStatusCode.ERROR || hrTimeToMilliseconds(duration) >= this.#slowMs;
  }
}

/** Batches leave out what is not sampled. */
function asSampled(span: ReadableSpan): ReadableSpan {
  const spanContext = () => ({ ...span.spanContext(), traceFlags: TraceFlags.SAMPLED });
  return Object.create(span, { spanContext: { value: spanContext } });
}
