import type { AccessTokenClaims, TokenResponse } from '@4runr/contracts/token';
import type { DpopProof, DpopVerifier } from '@4runr/service-kit/dpop';
import {
  authenticateClient,
  type ClientAuthenticationParts,
  type ClientCredentials,
} from './authenticate-client.ts';
import type { Client } from './client.ts';
import { grantScope } from './grant-scope.ts';
import { newId } from './new-id.ts';

/** A well-formed request for a token. */
export interface TokenRequest {
  readonly credentials: ClientCredentials;
  /** Scopes separated by spaces; without them all that the client may have. */
  readonly scope: string | undefined;
  /** Proof of the key that the token shall be bound to (RFC 9449 section 5); without it the token is a bearer token. */
  readonly proof: DpopProof | undefined;
}

export interface TokenIssueParts extends ClientAuthenticationParts {
  readonly dpop: Pick<DpopVerifier, 'redeem'>;
  /** Signs claims as an access token (RFC 9068). */
  readonly signAccessToken: (claims: AccessTokenClaims) => Promise<string>;
}

export interface IssuedToken {
  readonly response: TokenResponse;
  readonly claims: AccessTokenClaims;
}

/**
 * Issues an access token: who asks, what they may have, the token.
 *
 * @throws OAuthError `invalid_client`, `invalid_scope`; DpopError for a proof that was used before
 */
export async function issueToken(parts: TokenIssueParts, request: TokenRequest): Promise<IssuedToken> {
  const client = await authenticateClient(parts, request.credentials);
  const scope = grantScope(client, request.scope);
  if (request.proof !== undefined) await parts.dpop.redeem(request.proof);
  const claims = describeToken(client, { scope, jkt: request.proof?.jkt }, parts);
  return {
    claims,
    response: {
      access_token: await parts.signAccessToken(claims),
      token_type: claims.cnf === undefined ? 'Bearer' : 'DPoP',
      expires_in: claims.exp - claims.iat,
      scope: claims.scope,
    },
  };
}

function describeToken(
  client: Client,
  { scope, jkt }: { scope: readonly string[]; jkt: string | undefined },
  { issuer, clock }: Pick<TokenIssueParts, 'issuer' | 'clock'>,
): AccessTokenClaims {
  const iat = Math.floor(clock() / 1_000);
  return {
    iss: issuer,
    sub: client.id,
    client_id: client.clientId,
    aud: issuer,
    scope: scope.join(' '),
    role: client.role,
    epoch: client.epoch,
    jti: newId('tok'),
    iat,
    exp: iat + client.tokenTtlSeconds,
    ...(jkt === undefined ? {} : { cnf: { jkt } }),
  };
}
