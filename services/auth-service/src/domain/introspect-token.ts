import { type AccessTokenClaims, actorsOf, type IntrospectionResponse } from '@4runr/contracts/token';
import type { Client } from './client.ts';
import type { ReadGenuineToken } from './live-token.ts';
import type { IsTokenAlive } from './token-status.ts';

export interface TokenIntrospectionParts {
  readonly readGenuineToken: ReadGenuineToken;
  readonly isTokenAlive: IsTokenAlive;
}

/**
 * Says what a token is, if it is alive and the client may know: operators of any, agents of those in which they have a part.
 * Of every other token it says the same, so that nobody learns by it whether a token of somebody else is one.
 *
 * @throws ProblemError `service.unavailable`
 */
export async function introspectToken(
  parts: TokenIntrospectionParts,
  { client, token }: { client: Client; token: string },
): Promise<IntrospectionResponse> {
  const claims = await parts.readGenuineToken(token);
  const isAlive = claims !== undefined && (await parts.isTokenAlive(claims));
  return isAlive && mayKnow(client, claims) ? describeToken(claims) : { active: false };
}

function mayKnow(client: Client, claims: AccessTokenClaims): boolean {
  return client.kind === 'operator' || [claims, ...actorsOf(claims)].some(({ sub }) => sub === client.id);
}

function describeToken(claims: AccessTokenClaims): IntrospectionResponse {
  const { scope, client_id, sub, role, iss, aud, jti, iat, exp, cnf, act } = claims;
  return {
    active: true,
    token_type: cnf === undefined ? 'Bearer' : 'DPoP',
    ...{ scope, client_id, sub, role, iss, aud, jti, iat, exp },
    ...(cnf === undefined ? {} : { cnf }),
    ...(act === undefined ? {} : { act }),
  };
}
