import type { HrTime } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Sources of time in milliseconds. */
export interface Clocks {
  /** The system's time of day: whole ones since the epoch. */
  readonly wall: () => number;
  /** With fractions; it is never set. */
  readonly monotonic: () => number;
  /** The time of day when the monotonic one was zero. */
  readonly origin: number;
}

/** How often the system's clock is looked at, in milliseconds: it is set seldom, and each look costs what a span costs. */
const checkEveryMs = 1_000;

/**
 * The time of day in fractions of a millisecond. Once a second it is brought into the millisecond that the system's clock
 * shows, so that it follows when that clock is set, and agrees with those of other processes on the machine.
 */
export function createPreciseClock({ wall, monotonic, origin }: Clocks): () => number {
  let offset = origin;
  let checkedAt = Number.NEGATIVE_INFINITY;

  function checked(before: number): number {
    const shown = wall();
    // The process may have lost the processor between any two of these.
    const after = monotonic();
    if (after + offset < shown) offset = shown - after;
    else if (before + offset > shown + 1) offset = shown + 1 - before;
    checkedAt = after;
    return after;
  }
  return () => {
    const now = monotonic();
    return (now - checkedAt < checkEveryMs ? now : checked(now)) + offset;
  };
}

/**
 * Lets spans start at a fraction of a millisecond of one precise clock, by which they are to be ended as well. The SDK takes
 * a whole one, so that children seem to begin before their parents, or to outlast them.
 */
export class PreciseStart implements SpanProcessor {
  onStart(span: Span): void {
    (span as Writable<Span>).startTime = preciseNow();
  }

  onEnd(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

const readClock = createPreciseClock({
  wall: Date.now,
  monotonic: () => performance.now(),
  origin: performance.timeOrigin,
});

/** When a span ends, as an argument of `span.end`. */
export function preciseNow(): HrTime {
  return toHrTime(readClock());
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function toHrTime(ms: number): HrTime {
  return [Math.trunc(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
}
