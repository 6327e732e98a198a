import type { ReceivedCall } from '../domain/call.ts';

/** Where the time of a call went, in milliseconds (W3C Server-Timing): `auth;dur=0.12, policy;dur=1.3, …, total;dur=4.1`. */
export function formatServerTiming(
  { observed, startedAt }: Pick<ReceivedCall, 'observed' | 'startedAt'>,
  nowMs: number = performance.now(),
): string {
  const { auth, policy, cache, adapter, backoff } = observed.timings;
  return Object.entries({ auth, policy, cache, adapter, backoff, total: nowMs - startedAt })
    .flatMap(([name, ms]) => (ms === undefined ? [] : [`${name};dur=${Math.round(ms * 100) / 100}`]))
    .join(', ');
}
