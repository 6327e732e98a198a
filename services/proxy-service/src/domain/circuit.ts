import {
  CircuitState,
  circuitBreaker,
  handleWhen,
  type IBackoff,
  type IHalfOpenAfterBackoffContext,
} from 'cockatiel';
import { FailureCounts } from './failure-counts.ts';

export type BreakerState = 'closed' | 'half_open' | 'open';

/** What the end of an attempt says of the provider: that it fails, that it is there, or nothing. */
export type Evidence = 'fails' | 'lives' | 'none';

/** What a failed attempt says of the provider. */
export type Judge = (error: unknown) => Evidence;

/** Nothing is attempted for now. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError';
  /** When it may be worth coming back, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('the circuit is open');
    this.retryAfterMs = retryAfterMs;
  }
}

/** Ends attempts at what fails anyway, and finds out by single ones when it does no more. */
export interface Circuit {
  readonly state: BreakerState;
  /** When it was last asked for an attempt, on the clock given. */
  readonly askedAt: number;
  /** @throws CircuitOpenError at once, while it is open or another attempt is its probe; else what the attempt throws */
  run<T>(attempt: () => Promise<T>, judge: Judge): Promise<T>;
}

export interface CircuitOptions {
  readonly onTransition: (from: BreakerState, to: BreakerState) => void;
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
}

/** Shortest time that a circuit stays open, in milliseconds; up to half as long again, so that replicas do not probe together. */
const pauseMsMin = 1_500;

/**
 * How long the end of a probe is waited for, in milliseconds. One that takes longer goes on for its caller; the circuit opens
 * again, so that the next probe need not wait for a provider that never answers, and closes when it ends well after all.
 */
const probeMsMax = 2_000;

const probeWaitMs = 1_000;

/**
 * A circuit breaker (cockatiel's, with what it leaves open). An attempt counts for the state in which it began: what was under way
 * when the circuit opened says nothing of a provider that has recovered since.
 */
export function createCircuit(options: CircuitOptions): Circuit {
  return new CountingCircuit(options);
}

class CountingCircuit implements Circuit {
  readonly #options: CircuitOptions;
  #policy: ReturnType<typeof circuitBreaker>;
  #state: BreakerState = 'closed';
  /** Counts changes of the state. */
  #generation = 0;
  /** On the clock given. */
  #opensUntil = 0;
  #askedAt: number;

  /** Asked when the circuit opens. The policy's clock is the wall's, which may be set: how long it stays so is decided in `run`. */
  readonly #pause: IBackoff<IHalfOpenAfterBackoffContext> = {
    duration: Number.NEGATIVE_INFINITY,
    next: ({ result }) => {
      const isUnjudged = 'error' in result && result.error instanceof Unjudged;
      const pauseMs = isUnjudged ? 0 : pauseMsMin * (1 + Math.random() / 2);
      this.#opensUntil = this.#options.now() + pauseMs;
      return this.#pause;
    },
  };

  constructor(options: CircuitOptions) {
    this.#options = options;
    this.#policy = this.#closedPolicy();
    this.#askedAt = options.now();
  }

  get state(): BreakerState {
    return this.#state;
  }

  get askedAt(): number {
    return this.#askedAt;
  }

  async run<T>(attempt: () => Promise<T>, judge: Judge): Promise<T> {
    const policy = this.#policy;
    this.#askedAt = this.#options.now();
    // In half-open, the policy would let others wait for the probe.
    if (policy.state === CircuitState.HalfOpen) throw new CircuitOpenError(probeWaitMs);
    const pauseMs = this.#opensUntil - this.#askedAt;
    if (policy.state === CircuitState.Open && pauseMs > 0) throw new CircuitOpenError(pauseMs);
    let carried: Promise<T> | undefined;
    try {
      return await policy.execute(() => {
        carried = attempt();
        return policy.state === CircuitState.HalfOpen
          ? this.#probe(carried, judge)
          : this.#count(carried, judge);
      });
    } catch (error) {
      if (error instanceof Uncounted || error instanceof Unjudged) throw error.cause;
      if (error instanceof OverdueError && carried !== undefined) return this.#awaitOverdue(carried, judge);
      throw error;
    }
  }

  async #count<T>(carried: Promise<T>, judge: Judge): Promise<T> {
    const generation = this.#generation;
    try {
      return await carried;
    } catch (error) {
      const counts = generation === this.#generation && judge(error) === 'fails';
      throw counts ? error : new Uncounted(error);
    }
  }

  async #probe<T>(carried: Promise<T>, judge: Judge): Promise<T> {
    const overdue = Promise.withResolvers<never>();
    const timer = setTimeout(() => overdue.reject(new OverdueError()), probeMsMax);
    try {
      return await Promise.race([carried, overdue.promise]);
    } catch (error) {
      if (error instanceof OverdueError) throw error;
      switch (judge(error)) {
        case 'fails':
          throw error;
        case 'lives':
          throw new Uncounted(error);
        case 'none':
          throw new Unjudged(error);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #awaitOverdue<T>(carried: Promise<T>, judge: Judge): Promise<T> {
    try {
      const answer = await carried;
      this.#close();
      return answer;
    } catch (error) {
      if (judge(error) === 'lives') this.#close();
      throw error;
    }
  }

  /** The policy has no way to be told from outside; a new one is closed. */
  #close(): void {
    if (this.#state === 'closed') return;
    this.#policy = this.#closedPolicy();
    this.#enter('closed');
  }

  #closedPolicy(): ReturnType<typeof circuitBreaker> {
    const policy = circuitBreaker(
      handleWhen((error) => !(error instanceof Uncounted)),
      { breaker: new FailureCounts(this.#options.now), halfOpenAfter: this.#pause },
    );
    policy.onStateChange((state) => {
      if (policy === this.#policy) this.#enter(stateNames[state]);
    });
    return policy;
  }

  #enter(state: BreakerState): void {
    const from = this.#state;
    this.#state = state;
    this.#generation += 1;
    this.#options.onTransition(from, state);
  }
}

/** An error that says nothing against the provider. The policy passes it on, and takes it as a success of a probe. */
class Uncounted extends Error {
  constructor(cause: unknown) {
    super('does not count', { cause });
  }
}

/** The error of a probe that says nothing of the provider: the next attempt is the probe, at once. */
class Unjudged extends Error {
  constructor(cause: unknown) {
    super('says nothing', { cause });
  }
}

class OverdueError extends Error {}

const stateNames: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};
