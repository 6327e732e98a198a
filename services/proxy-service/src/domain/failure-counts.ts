import { CircuitState, type IBreaker } from 'cockatiel';
import { SlidingCount } from './sliding-count.ts';

const consecutiveMax = 10;
const windowMs = 10_000;
/** Attempts within the window from which on half of them failing is too much. */
const attemptsMin = 20;

/**
 * When a breaker opens: after ten failures in a row, or when half of at least twenty attempts within ten seconds have failed;
 * half-open, at the first failure.
 */
export class FailureCounts implements IBreaker {
  /** Nothing of it is kept elsewhere. */
  state: unknown;
  readonly #attempts: SlidingCount;
  readonly #failures: SlidingCount;
  #consecutive = 0;

  /** @param now milliseconds on a monotonic clock */
  constructor(now: () => number) {
    this.#attempts = new SlidingCount(windowMs, now);
    this.#failures = new SlidingCount(windowMs, now);
  }

  success(state: CircuitState): void {
    this.#consecutive = 0;
    if (state === CircuitState.HalfOpen) {
      this.#attempts.reset();
      this.#failures.reset();
    }
    this.#attempts.add();
  }

  failure(state: CircuitState): boolean {
    this.#consecutive += 1;
    this.#attempts.add();
    this.#failures.add();
    return state !== CircuitState.Closed || this.#isTooMuch();
  }

  #isTooMuch(): boolean {
    const attempts = this.#attempts.total;
    return (
      this.#consecutive >= consecutiveMax || (attempts >= attemptsMin && this.#failures.total * 2 >= attempts)
    );
  }
}
