import { SlidingCount } from './sliding-count.ts';

/** How long back the budget looks, in milliseconds. */
const windowMs = 10_000;

/** Retries that a tool is allowed for each first attempt. */
const perFirstAttempt = 1 / 2;

/** What one call may need: else a tool that is seldom asked would never be asked again. */
const retriesMin = 2;

/**
 * Keeps retries from multiplying the load of a provider that fails: within ten seconds they are at most half as many as first attempts,
 * or two.
 */
export interface RetryBudget {
  countFirstAttempt(): void;
  /** Takes one retry of the budget; false when there is none. */
  spend(): boolean;
}

export function createRetryBudget(now: () => number): RetryBudget {
  const firsts = new SlidingCount(windowMs, now);
  const retries = new SlidingCount(windowMs, now);
  return {
    countFirstAttempt: () => firsts.add(),
    spend() {
      if (retries.total + 1 > Math.max(retriesMin, firsts.total * perFirstAttempt)) return false;
      retries.add();
      return true;
    },
  };
}
