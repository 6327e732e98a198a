import { startDeadline } from '@4runr/service-kit/client';
import { toUpstreamFailure } from '../provider/upstream-failure.ts';
import { CallProgress, type ExchangeContext } from './action-call.ts';

/**
 * Speaks to the provider for the adapter's own sake, e.g. for a token that many calls wait for: within a time of its own,
 * whichever caller leaves, and without counting as a call's dispatch.
 */
export async function runDetached<T>(
  options: { action: string; timeoutMs: number },
  work: (context: ExchangeContext) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(options.timeoutMs);
  try {
    return await work({
      action: options.action,
      signal: deadline.signal,
      endedBy: deadline.reason,
      timeLimitMs: options.timeoutMs,
      progress: new CallProgress(),
    });
  } finally {
    deadline.clear();
  }
}

/**
 * Waits on behalf of one call for work that goes on without it: no longer than the call has time, or its caller stays.
 *
 * @throws ProblemError `upstream.timeout` when the call's time is up; whatever the work rejects with
 */
export async function waitForDetached<T>(
  { signal, endedBy }: Pick<ExchangeContext, 'signal' | 'endedBy'>,
  work: Promise<T>,
): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const onAbort = () => ended.reject(toUpstreamFailure(signal.reason, endedBy()));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([ended.promise, work]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
