import type { AccessTokenClaims } from '@4runr/contracts/token';

/** Whose token it will be, what it carries, and how long it lives at most. */
export interface TokenGrant extends Pick<AccessTokenClaims, 'sub' | 'role' | 'epoch' | 'act' | 'parents'> {
  readonly scope: readonly string[];
  readonly ttlSeconds: number;
  /** Seconds since the epoch. */
  readonly endsBySeconds: number;
}
