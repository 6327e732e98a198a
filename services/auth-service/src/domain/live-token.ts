import type { AccessTokenClaims } from '@4runr/contracts/token';
import type { AccessTokenVerifier } from '@4runr/service-kit/access-token';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Revocations } from '@4runr/service-kit/revocation';

/**
 * The claims of an access token of ours that has not ended, revoked or not; `undefined` for everything else.
 *
 * @throws ProblemError `service.unavailable` when that cannot be known
 */
export type ReadGenuineToken = (token: string) => Promise<AccessTokenClaims | undefined>;

export function createGenuineTokenReader(verifier: AccessTokenVerifier): ReadGenuineToken {
  return (token) => verifier.verify(token).catch(undefinedIfRefused);
}

/**
 * The claims of an access token of ours that is alive: signed by us, not ended, not revoked. `undefined` for everything else,
 * without a word about why.
 *
 * @throws ProblemError `service.unavailable` when that cannot be known
 */
export type ReadLiveToken = (token: string) => Promise<AccessTokenClaims | undefined>;

export function createLiveTokenReader(parts: {
  readGenuineToken: ReadGenuineToken;
  revocations: Revocations;
}): ReadLiveToken {
  return async (token) => {
    const claims = await parts.readGenuineToken(token);
    return claims === undefined || parts.revocations.isRevoked(claims) ? undefined : claims;
  };
}

function undefinedIfRefused(error: unknown): undefined {
  if (error instanceof ProblemError && error.status === 401) return undefined;
  throw error;
}
