import type { AccessTokenClaims } from '@4runr/contracts/token';

/**
 * Whether a genuine token is still one: neither it nor what it was exchanged for was revoked, and whoever it is of, and
 * whoever acts in it, is there and has not had its tokens ended since. Known as soon as it is decided, on every replica.
 */
export type IsTokenAlive = (claims: AccessTokenClaims) => Promise<boolean>;
