import { startDeadline } from '@4runr/service-kit/client';
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
      progress: new CallProgress(),
    });
  } finally {
    deadline.clear();
  }
}
