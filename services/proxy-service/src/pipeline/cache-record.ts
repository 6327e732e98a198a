import { trace } from '@opentelemetry/api';
import { type CacheHandling, type CacheResult, cacheUseOf } from '../domain/cache/cache-handling.ts';
import type { Observed } from '../domain/call.ts';

/** What the cache did beside handling a call. */
export type CacheWork = 'stored' | 'too_large' | 'refresh' | 'refresh_failed' | 'purge';

export type CountCacheEvent = (tool: string, result: CacheResult | CacheWork) => void;

/** Notes at the call, and on its span, how the cache handled it. */
export function noteHandling(observed: Observed, handling: CacheHandling): void {
  observed.cacheHandling = handling;
  observed.cache = cacheUseOf(handling);
  trace.getActiveSpan()?.setAttribute('gateway.cache', observed.cache);
}
