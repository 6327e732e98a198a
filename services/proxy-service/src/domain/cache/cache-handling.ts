import type { CacheUse } from '@4runr/contracts/call';

/** How the cache of answers handled a call, in the words of RFC 9211. */
export type CacheHandling = Hit | Forwarding;

/** The cache has answered. */
export interface Hit {
  readonly kind: 'hit';
  readonly ageSeconds: number;
  /** What is left of the answer's life; below zero where it is over. */
  readonly ttlSeconds: number;
  /** Whether it is fetched anew behind the answer, by this call or another's doing; `broken`: it cannot be, a breaker is open. */
  readonly refresh: 'none' | 'begun' | 'under_way' | 'broken';
}

/** The call has gone on to the adapter, or waited for another that had. */
export interface Forwarding {
  readonly kind: 'forwarded';
  /** `bypass`: the cache was not asked; `request`: the caller did not want what it held. */
  readonly because: 'bypass' | 'miss' | 'stale' | 'request';
  /** Whether the answer is kept. */
  readonly isStored: boolean;
  /** Whether the answer is another call's, which was under way for the same. */
  readonly isCollapsed: boolean;
  /** Why a call that could be answered by the cache was not handed to it. */
  readonly detail?: 'unavailable' | 'no-store';
}

export const passedBy: Forwarding = {
  kind: 'forwarded',
  because: 'bypass',
  isStored: false,
  isCollapsed: false,
};

/** The same in one word, for answers and records. */
export function cacheUseOf(handling: CacheHandling): CacheUse {
  if (handling.kind === 'hit') return handling.ttlSeconds > 0 ? 'hit' : 'stale';
  return handling.because === 'bypass' ? 'bypass' : 'miss';
}

/** Whether nothing was sent to the provider on behalf of this call: it was answered by what another had fetched. */
export function isServedByOthers(handling: CacheHandling | undefined): boolean {
  if (handling === undefined) return false;
  return handling.kind === 'hit' ? handling.refresh !== 'begun' : handling.isCollapsed;
}

/** What became of a call at the cache, for metrics. */
export type CacheResult =
  | 'hit'
  | 'stale'
  | 'stale_if_error'
  | 'miss'
  | 'collapsed'
  | 'bypass'
  | 'unavailable';

export function cacheResultOf(handling: CacheHandling): CacheResult {
  if (handling.kind === 'hit') return resultOfHit(handling);
  if (handling.isCollapsed) return 'collapsed';
  if (handling.detail === 'unavailable') return 'unavailable';
  return handling.because === 'bypass' || handling.because === 'request' ? 'bypass' : 'miss';
}

function resultOfHit({ refresh, ttlSeconds }: Hit): CacheResult {
  if (refresh === 'broken') return 'stale_if_error';
  return ttlSeconds > 0 ? 'hit' : 'stale';
}
