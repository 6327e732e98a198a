import { type AccessTokenClaims, accessTokenTtlSeconds, type TokenResponse } from '@4runr/contracts/token';
import {
  authenticateClient,
  type ClientAuthenticationParts,
  type ClientCredentials,
} from './authenticate-client.ts';
import type { Client } from './client.ts';
import { grantScope } from './grant-scope.ts';
import { newId } from './new-id.ts';

/** A well-formed request for a token. */
export interface TokenRequest extends ClientCredentials {
  /** Scopes separated by spaces; without them all that the client may have. */
  readonly scope: string | undefined;
}

export interface TokenIssueParts extends ClientAuthenticationParts {
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
 * @throws OAuthError `invalid_client`, `invalid_scope`
 */
export async function issueToken(parts: TokenIssueParts, request: TokenRequest): Promise<IssuedToken> {
  const client = await authenticateClient(parts, request);
  const scope = grantScope(client, request.scope);
  const claims = describeToken(client, scope, parts);
  return {
    claims,
    response: {
      access_token: await parts.signAccessToken(claims),
      token_type: 'Bearer',
      expires_in: claims.exp - claims.iat,
      scope: claims.scope,
    },
  };
}

function describeToken(
  client: Client,
  scope: readonly string[],
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
    exp: iat + accessTokenTtlSeconds,
  };
}
