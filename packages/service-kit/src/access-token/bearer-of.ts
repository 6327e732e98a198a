import type { AccessTokenClaims } from '@4runr/contracts/token';

/** Whose token it is, by the names that security events have for it. */
export function bearerOf({ sub, role, client_id: client }: AccessTokenClaims): Record<string, string> {
  return role === 'operator' ? { operator: sub, client } : { agent: sub, client };
}
