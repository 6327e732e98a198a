import { type DatedRevocation, revokeToken as revocationOf } from '@4runr/contracts/revocation';
import type { AccessTokenClaims } from '@4runr/contracts/token';
import type { Client } from './client.ts';
import type { ReadGenuineToken } from './live-token.ts';
import type { RevocationPublisher } from './revocation-publisher.ts';

export interface TokenRevocationParts {
  readonly readGenuineToken: ReadGenuineToken;
  /** Stores a revocation for good; once more, it changes nothing. */
  readonly storeRevocation: (revocation: DatedRevocation) => Promise<void>;
  readonly revocations: RevocationPublisher;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** What came of it. A client is told none of it: the token is of no use to it any more, or never was. */
export type TokenRevocationOutcome =
  | { readonly outcome: 'revoked' | 'foreign'; readonly claims: AccessTokenClaims }
  | { readonly outcome: 'unusable' };

/**
 * Revokes a token of the client that asks, or one that was issued to it for somebody else; with it every token that was
 * exchanged for it. One of another client stays as it is. When it returns, the revocation is known to all who follow it.
 *
 * @throws ProblemError `service.unavailable`, also after the revocation was stored
 */
export async function revokeToken(
  parts: TokenRevocationParts,
  { client, token }: { client: Client; token: string },
): Promise<TokenRevocationOutcome> {
  const claims = await parts.readGenuineToken(token);
  if (claims === undefined) return { outcome: 'unusable' };
  if (claims.sub !== client.id && claims.client_id !== client.clientId) {
    return { outcome: 'foreign', claims };
  }
  await parts.storeRevocation({ revocation: revocationOf(claims), atMs: parts.clock() });
  await parts.revocations.publish(claims.jti);
  return { outcome: 'revoked', claims };
}
