import { parse } from '@tusbar/cache-control';

/** What a caller asks of the cache of answers (RFC 9111 section 5.2.1). Durations in seconds. */
export interface CacheDirectives {
  /** Neither a kept answer nor one that is kept. */
  readonly noStore: boolean;
  /** No kept answer; the one that is fetched may be kept. */
  readonly noCache: boolean;
  /** Oldest answer that will do. */
  readonly maxAgeSeconds: number | undefined;
  /** Least life that is left. */
  readonly minFreshSeconds: number | undefined;
  /** How long its life may be over; `Infinity` where any time will do. */
  readonly maxStaleSeconds: number | undefined;
}

export const noDirectives: CacheDirectives = {
  noStore: false,
  noCache: false,
  maxAgeSeconds: undefined,
  minFreshSeconds: undefined,
  maxStaleSeconds: undefined,
};

/** Reads `Cache-Control`. What is unknown or malformed is left out, as RFC 9111 section 5.2 has it. */
export function parseCacheDirectives(header: string | undefined): CacheDirectives {
  if (header === undefined) return noDirectives;
  const { noStore, noCache, maxAge, minFresh, maxStale, maxStaleDuration } = parse(header);
  return {
    noStore: noStore === true,
    noCache: noCache === true,
    maxAgeSeconds: maxAge ?? undefined,
    minFreshSeconds: minFresh ?? undefined,
    maxStaleSeconds: maxStale === true ? (maxStaleDuration ?? Number.POSITIVE_INFINITY) : undefined,
  };
}
