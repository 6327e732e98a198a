import { headers } from '@4runr/contracts/headers';
import type { Response } from 'express';
import type { CacheHandling, Forwarding, Hit } from '../domain/cache/cache-handling.ts';

/** A string, since no token of a structured field begins with a digit (RFC 9651 section 3.3.4). */
const cacheName = '"4RUNR"';

/** Tells the client how the cache of answers handled its call (RFC 9211), and how old the answer is. */
export function setCacheHeaders(response: Response, handling: CacheHandling | undefined): void {
  if (handling === undefined) return;
  response.set(headers.cacheStatus, formatCacheStatus(handling));
  if (handling.kind === 'hit') response.set('Age', String(Math.floor(handling.ageSeconds)));
}

/** `"4RUNR"; hit; ttl=30`, `"4RUNR"; fwd=miss; stored`. */
export function formatCacheStatus(handling: CacheHandling): string {
  const parameters = handling.kind === 'hit' ? ofHit(handling) : ofForwarding(handling);
  return [cacheName, ...parameters].join('; ');
}

function ofHit({ ttlSeconds, refresh }: Hit): string[] {
  // A breaker keeps it from being fetched: the only answer beyond its life that is not on its way to be replaced.
  return ['hit', `ttl=${Math.floor(ttlSeconds)}`, ...(refresh === 'broken' ? ['detail=stale-if-error'] : [])];
}

function ofForwarding({ because, isStored, isCollapsed, detail }: Forwarding): string[] {
  return [
    `fwd=${because}`,
    ...(isStored ? ['stored'] : []),
    ...(isCollapsed ? ['collapsed'] : []),
    ...(detail === undefined ? [] : [`detail=${detail}`]),
  ];
}
