import type { HrTime } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Sources of time in milliseconds. */
export interface Clocks {
  /** The system's time of day: whole ones since the epoch. */
  readonly wall: () => number;
  /** With fractions; it is never set. */
  readonly monotonic: () => number;
  /** The time of day when the monotonic one was zero. */
  readonly origin: number;
}

/**
 * The time of day in fractions of a millisecond. It never leaves the millisecond that the system's clock shows, so that it
 * follows when that clock is set, and agrees with those of other processes on the machine.
 */
export function createPreciseClock({ wall, monotonic, origin }: Clocks): () => number {
  let offset = origin;
  return () => {
    // The process may lose the processor between any two of these.
    const [before, shown, after] = [monotonic(), wall(), monotonic()];
    if (after + offset < shown) offset = shown - after;
    else if (before + offset > shown + 1) offset = shown + 1 - before;
    return after + offset;
  };
}

/**
 * Gives spans times of one precise clock. The SDK takes a whole millisecond for their start and adds a precise duration, so
 * that children seem to begin before their parents, or to outlast them. Comes before the processor that exports.
 */
export class PreciseTimes implements SpanProcessor {
  readonly #now = createPreciseClock({
    wall: Date.now,
    monotonic: () => performance.now(),
    origin: performance.timeOrigin,
  });

  readonly #ends = new WeakMap<object, HrTime>();

  /** Makes this the end of a span that will be ended later, when all is known that it says. The last one counts. */
  markEnd(span: object): void {
    this.#ends.set(span, toHrTime(this.#now()));
  }

  onStart(span: Span): void {
    (span as Writable<Span>).startTime = toHrTime(this.#now());
  }

  onEnd(span: ReadableSpan): void {
    (span as Writable<ReadableSpan>).endTime = this.#ends.get(span) ?? toHrTime(this.#now());
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function toHrTime(ms: number): HrTime {
  return [Math.trunc(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
}
