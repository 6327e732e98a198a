import { setTimeout as delay } from 'node:timers/promises';
import { type Dispatched, furtherDispatched, type ProblemCode } from '@4runr/contracts/problem';
import { ProblemError } from '@4runr/service-kit/errors';
import { ExponentialBackoff, fullJitterGenerator } from 'cockatiel';
import { addTime, ClientGoneError, type ValidatedCall } from '../domain/call.ts';
import { createRetryBudget, type RetryBudget } from '../domain/retry-budget.ts';
import type { Layer } from './layer.ts';
import { isRefused } from './settlement.ts';
import { traceRetry } from './trace-call.ts';

const attemptsMax = 3;

/** Longest wait that a provider can ask for between two attempts, in milliseconds; whoever asks for more is obeyed by the caller. */
const retryAfterMsMax = 10_000;

/** Pauses between attempts are drawn from the whole range below 200, then 400 ms, so that callers do not come back together. */
const backoff = new ExponentialBackoff({
  generator: fullJitterGenerator,
  initialDelay: 200,
  maxDelay: 2_000,
});

/** The failures after which the same request may succeed at once or soon; what is refused for now (`breaker.open`) is not asked again. */
const worthRepeating: ReadonlySet<ProblemCode> = new Set([
  'upstream.failed',
  'upstream.timeout',
  'service.unavailable',
]);

/** Answers of the layers within that no attempt stands behind. */
const refusals: ReadonlySet<ProblemCode> = new Set(['breaker.open', 'overload.shed']);

/** The budget of each tool, which all of its calls at this replica share. */
export type RetryBudgets = (tool: string) => RetryBudget;

export function createRetryBudgets(now: () => number = () => performance.now()): RetryBudgets {
  const budgets = new Map<string, RetryBudget>();
  return (tool) => {
    const budget = budgets.get(tool) ?? createRetryBudget(now);
    budgets.set(tool, budget);
    return budget;
  };
}

/**
 * Asks again where that does no harm and may help: reads and idempotent actions, at most three times in all, as long as the caller's
 * time allows the pause and the tool's budget the retry. A stream is asked for again until its first piece, not later.
 *
 * @throws ProblemError the failure of the last attempt; its `dispatched` is of all attempts together
 */
export function retry<Out>(budgetOf: RetryBudgets, pauseFor: Pause = pauseInTime): Layer<Out> {
  return (next) => async (permitted, bounds) => {
    const { call } = permitted;
    if (call.action.manifest.effect === 'effect') return next(permitted, bounds);
    const budget = budgetOf(call.tool.name);
    budget.countFirstAttempt();
    let pause = backoff.next();
    let failure: ProblemError | undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await next(permitted, bounds);
      } catch (error) {
        failure = combine(failure, error);
      }
      const pauseMs = pauseAfter(failure, pause.duration);
      const isInTime = performance.now() + pauseMs < bounds.endsAt;
      if (attempt === attemptsMax || !isInTime || !budget.spend()) throw failure;
      if (mayHaveCost(failure)) call.observed.hasUntoldCosts = true;
      traceRetry(failure.code, pauseMs);
      await rest(call, pauseFor(pauseMs, bounds.signal));
      pause = pause.next(undefined);
    }
  };
}

/** What is told of the attempts so far. @throws what ends the call whatever came before */
function combine(before: ProblemError | undefined, error: unknown): ProblemError {
  if (!(error instanceof ProblemError)) throw error;
  if (before === undefined) return error;
  if (refusals.has(error.code)) throw before;
  return error.with({ dispatched: dispatchedOf(before, error) });
}

/** Whoever does not say may have dispatched. */
function dispatchedOf(...failures: readonly ProblemError[]): Dispatched {
  return failures
    .map(({ extensions }) => extensions.dispatched ?? 'maybe')
    .reduce((one, other) => furtherDispatched(one, other));
}

function mayHaveCost({ extensions: { dispatched, upstreamStatus } }: ProblemError): boolean {
  return dispatched !== 'no' && !isRefused(upstreamStatus);
}

/** Infinite after what is not worth repeating. */
function pauseAfter({ code, headers, extensions }: ProblemError, backoffMs: number): number {
  if (!worthRepeating.has(code)) return Number.POSITIVE_INFINITY;
  // Without a status it is ours, and no word of the provider.
  const asked = extensions.upstreamStatus === undefined ? undefined : headers['Retry-After'];
  const askedMs = asked === undefined ? 0 : Number(asked) * 1_000;
  return askedMs > retryAfterMsMax ? Number.POSITIVE_INFINITY : askedMs + backoffMs;
}

/** Resolves after so many milliseconds; rejects when nobody waits any more. */
type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

const pauseInTime: Pause = (ms, signal) => delay(ms, undefined, { signal });

async function rest({ observed }: ValidatedCall, pausing: Promise<void>): Promise<void> {
  const startedAt = performance.now();
  try {
    await pausing;
  } catch (cause) {
    throw new ClientGoneError({ cause });
  } finally {
    addTime(observed.timings, 'backoff', performance.now() - startedAt);
  }
}
