import type { ActionCache } from '@4runr/contracts/manifest';
import type { CacheDirectives } from './cache-directives.ts';

/** What may be done with a kept answer. */
export type Verdict =
  /** It is answered. Not beyond its life where `isStale`: then it is fetched anew behind the answer. */
  | { readonly kind: 'answer'; readonly isStale: boolean }
  /**
   * It is fetched anew: its life is over, or the caller wants another one. `servesIfBroken`: it is answered all the same while
   * a breaker keeps it from being fetched.
   */
  | { readonly kind: 'fetch'; readonly because: 'stale' | 'request'; readonly servesIfBroken: boolean };

export interface JudgedAnswer {
  readonly ageSeconds: number;
  readonly rules: ActionCache;
  readonly asked: CacheDirectives;
  /** How long after its life an answer serves where its tool cannot be asked. */
  readonly staleIfBrokenSeconds: number;
}

/**
 * May an answer of this age serve this caller (RFC 9111 section 4.2, RFC 5861)? Whoever says how old an answer may be, or how
 * fresh it has to be, gets none beyond its life unless `max-stale` allows it.
 */
export function judgeAnswer(judged: JudgedAnswer): Verdict {
  const { ageSeconds, rules, asked } = judged;
  const overdueSeconds = ageSeconds - rules.ttlSeconds;
  const isStale = overdueSeconds > 0;
  const servesIfBroken = overdueSeconds <= overdueIfBrokenMax(judged);
  if (asked.noCache) return { kind: 'fetch', because: 'request', servesIfBroken: false };
  if (ageSeconds > (asked.maxAgeSeconds ?? Number.POSITIVE_INFINITY))
    return { kind: 'fetch', because: isStale ? 'stale' : 'request', servesIfBroken: false };
  if (!isStale) {
    const isFreshEnough = -overdueSeconds >= (asked.minFreshSeconds ?? 0);
    return isFreshEnough
      ? { kind: 'answer', isStale }
      : { kind: 'fetch', because: 'request', servesIfBroken: false };
  }
  if (overdueSeconds <= overdueMax(rules, asked)) return { kind: 'answer', isStale };
  return { kind: 'fetch', because: 'stale', servesIfBroken };
}

/** How long after its life an answer serves while it is fetched anew. */
function overdueMax({ staleWhileRevalidateSeconds = 0 }: ActionCache, asked: CacheDirectives): number {
  if (asked.maxStaleSeconds !== undefined) return asked.maxStaleSeconds;
  return isParticular(asked) ? 0 : staleWhileRevalidateSeconds;
}

function overdueIfBrokenMax({ asked, staleIfBrokenSeconds }: JudgedAnswer): number {
  return isParticular(asked) ? 0 : staleIfBrokenSeconds;
}

/** Whether the caller says itself how old or fresh an answer has to be. */
function isParticular({ maxAgeSeconds, minFreshSeconds, maxStaleSeconds }: CacheDirectives): boolean {
  return maxAgeSeconds !== undefined || minFreshSeconds !== undefined || maxStaleSeconds !== undefined;
}
