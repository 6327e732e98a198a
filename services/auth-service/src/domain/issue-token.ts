import { type AccessTokenClaims, accessTokenTypeUri, type TokenResponse } from '@4runr/contracts/token';
import type { DpopProof, DpopVerifier } from '@4runr/service-kit/dpop';
import type { Client } from './client.ts';
import { delegate } from './exchange-token.ts';
import { grantScope } from './grant-scope.ts';
import type { ReadLiveToken } from './live-token.ts';
import { newId } from './new-id.ts';
import { invalidRequest } from './oauth-error.ts';
import type { TokenGrant } from './token-grant.ts';

/** A request for a token by a client that has proved who it is. */
export interface TokenRequest {
  readonly client: Client;
  /** Scopes separated by spaces; without them all that the client may have. */
  readonly scope: string | undefined;
  /** A token of the agent that the client wants to act for (RFC 8693); without it the client asks for itself. */
  readonly subjectToken: string | undefined;
  /** Proof of the key that the token shall be bound to (RFC 9449 section 5); without it the token is a bearer token. */
  readonly proof: DpopProof | undefined;
}

export interface TokenIssueParts {
  /** `PUBLIC_URL`. */
  readonly issuer: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly dpop: Pick<DpopVerifier, 'redeem'>;
  readonly readLiveToken: ReadLiveToken;
  /** Signs claims as an access token (RFC 9068). */
  readonly signAccessToken: (claims: AccessTokenClaims) => Promise<string>;
}

export interface IssuedToken {
  readonly response: TokenResponse;
  readonly claims: AccessTokenClaims;
}

/**
 * Issues an access token: what the client may have, proof of its key, the token.
 *
 * @throws OAuthError `invalid_scope`, for an exchange also `invalid_request` and `unauthorized_client`; DpopError for a proof
 * that was used before
 */
export async function issueToken(parts: TokenIssueParts, request: TokenRequest): Promise<IssuedToken> {
  const { client, proof } = request;
  const grant = await decideGrant(parts, request);
  const claims = describeToken(client, { grant, jkt: proof?.jkt }, parts);
  if (proof !== undefined) await parts.dpop.redeem(proof);
  return {
    claims,
    response: {
      access_token: await parts.signAccessToken(claims),
      ...(request.subjectToken === undefined ? {} : { issued_token_type: accessTokenTypeUri }),
      token_type: claims.cnf === undefined ? 'Bearer' : 'DPoP',
      expires_in: claims.exp - claims.iat,
      scope: claims.scope,
    },
  };
}

async function decideGrant(
  { readLiveToken }: TokenIssueParts,
  { client, subjectToken, scope, proof }: TokenRequest,
): Promise<TokenGrant> {
  if (subjectToken === undefined) return grantToItself(client, scope);
  const subject = await readLiveToken(subjectToken);
  if (subject === undefined) throw invalidRequest('The subject token is not valid', 'claims');
  return delegate({ subject, actor: client, scope, jkt: proof?.jkt });
}

function grantToItself(client: Client, scope: string | undefined): TokenGrant {
  return {
    sub: client.id,
    role: client.role,
    epoch: client.epoch,
    scope: grantScope(client, scope),
    ttlSeconds: client.tokenTtlSeconds,
    endsBySeconds: Number.POSITIVE_INFINITY,
  };
}

function describeToken(
  client: Client,
  { grant, jkt }: { grant: TokenGrant; jkt: string | undefined },
  { issuer, clock }: Pick<TokenIssueParts, 'issuer' | 'clock'>,
): AccessTokenClaims {
  const iat = Math.floor(clock() / 1_000);
  const { scope, ttlSeconds, endsBySeconds, ...whose } = grant;
  const exp = Math.min(iat + ttlSeconds, endsBySeconds);
  // For the sake of clocks a subject token is taken for a while after its end; a token that has ended is never issued.
  if (exp <= iat) throw invalidRequest('The subject token ends too soon to be exchanged', 'claims');
  return {
    iss: issuer,
    ...whose,
    client_id: client.clientId,
    aud: issuer,
    scope: scope.join(' '),
    jti: newId('tok'),
    iat,
    exp,
    ...(jkt === undefined ? {} : { cnf: { jkt } }),
  };
}
