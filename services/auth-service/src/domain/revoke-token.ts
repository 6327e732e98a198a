import { type DatedRevocation, revokeToken as revocationOf } from '@4runr/contracts/revocation';
import { type AccessTokenClaims, operatorRole } from '@4runr/contracts/token';
import type { Client } from './client.ts';
import type { ReadGenuineToken } from './live-token.ts';
import type { OperatorChange } from './operator-change.ts';
import type { RevocationPublisher } from './revocation-publisher.ts';

export interface TokenRevocationParts {
  readonly readGenuineToken: ReadGenuineToken;
  /**
   * Stores a revocation for good, and with it the record of the change where an operator made it; once more, it changes nothing.
   */
  readonly storeRevocation: (revocation: DatedRevocation, change?: OperatorChange) => Promise<void>;
  readonly revocations: RevocationPublisher;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** What came of it. A client is told none of it: the token is of no use to it any more, or never was. */
export type TokenRevocationOutcome =
  | { readonly outcome: 'revoked' | 'foreign'; readonly claims: AccessTokenClaims }
  | { readonly outcome: 'unusable' };

/** A token that a client presents to have it ended. */
export interface TokenRevocationRequest {
  readonly client: Client;
  readonly token: string;
  /** The exchange within which it is asked for. */
  readonly traceId: string | null;
}

/**
 * Revokes a token of the client that asks, one that was issued to it for somebody else, or, for operators who may be granted
 * `agents:write`, one of any agent; with it every token that was exchanged for it. Every other stays as it is. When it returns,
 * the revocation is known to all who follow it.
 *
 * @throws ProblemError `service.unavailable`, also after the revocation was stored
 */
export async function revokeToken(
  parts: TokenRevocationParts,
  request: TokenRevocationRequest,
): Promise<TokenRevocationOutcome> {
  const { client } = request;
  const claims = await parts.readGenuineToken(request.token);
  if (claims === undefined) return { outcome: 'unusable' };
  const isOwn = claims.sub === client.id || claims.client_id === client.clientId;
  if (!isOwn && !administersHolder(client, claims)) return { outcome: 'foreign', claims };
  const change = isOwn ? undefined : describeChange(claims, request);
  await parts.storeRevocation({ revocation: revocationOf(claims), atMs: parts.clock() }, change);
  await parts.revocations.publish(claims.jti);
  return { outcome: 'revoked', claims };
}

function administersHolder({ operatorScopes }: Client, { role }: AccessTokenClaims): boolean {
  return operatorScopes.includes('agents:write') && role !== operatorRole;
}

function describeChange(
  { sub, jti, client_id: issuedTo, scope, exp }: AccessTokenClaims,
  { client, traceId }: TokenRevocationRequest,
): OperatorChange {
  return {
    operator: client.id,
    traceId,
    action: 'agent.token.revoke',
    target: { type: 'agent', id: sub },
    before: null,
    after: { jti, issuedTo, scope, exp },
  };
}
