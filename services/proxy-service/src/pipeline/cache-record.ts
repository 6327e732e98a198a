import { trace } from '@opentelemetry/api';
import {
  type CacheHandling,
  type CacheResult,
  cacheResultOf,
  cacheUseOf,
  passedBy,
} from '../domain/cache/cache-handling.ts';
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

/** Counts how a call was handled in the end; an event of its span says when. */
export function countHandling(count: CountCacheEvent, tool: string, { cacheHandling }: Observed): void {
  const result = cacheResultOf(cacheHandling ?? passedBy);
  count(tool, result);
  trace.getActiveSpan()?.addEvent('cache', { 'gateway.cache.result': result });
}
