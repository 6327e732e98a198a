import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace';

/**
 * Makes the edge's request id the trace id, so that the first span of ours is a root and never an orphan of a span that
 * nobody exports. `next` is set right before a root span starts and taken by that start: both happen synchronously.
 */
export class TraceIdGenerator implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #next: string | undefined;

  adopt(traceId: string): void {
    this.#next = traceId;
  }

  generateTraceId(): string {
    const traceId = this.#next ?? this.#random.generateTraceId();
    this.#next = undefined;
    return traceId;
  }

  generateSpanId(): string {
    return this.#random.generateSpanId();
  }
}
