import {
  type ClientAssertionAlgorithm,
  type ClientAssertionClaims,
  clientAssertionAlgorithms,
  clientAssertionClaimsSchema,
  clientAssertionTtlSecondsMax,
  clientAssertionTypes,
  clockSkewSeconds,
} from '@4runr/contracts/token';
import { isCompactJws } from '@4runr/service-kit/jws';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as z from 'zod';
import { OAuthError, type RefusalReason } from './oauth-error.ts';

/** A client assertion whose form and claims are right, and whose signature nobody has looked at yet. */
export interface ClientAssertion {
  readonly token: string;
  readonly algorithm: ClientAssertionAlgorithm;
  readonly kid: string | undefined;
  readonly clientId: string;
  readonly jti: string;
  /** Seconds since the epoch before which it cannot have been used, by the client's clock. */
  readonly usableFromSeconds: number;
  /** Seconds since the epoch from which on it cannot be used, skew included. */
  readonly unusableAtSeconds: number;
}

/** Longest assertion that is looked at, in characters. */
export const assertionLengthMax = 8_192;

/**
 * Checks everything about a client assertion that does not depend on the client (RFC 7523 section 3), so that these
 * answers, which say what is wrong, cannot tell whether a client exists.
 *
 * @throws OAuthError `invalid_client`
 */
export function parseClientAssertion(
  token: string,
  expected: { issuer: string; nowSeconds: number },
): ClientAssertion {
  const header = parseHeader(token);
  const claims = parseClaims(token);
  assertParties(claims, expected.issuer);
  assertTimes(claims, expected.nowSeconds);
  return {
    token,
    algorithm: header.alg,
    kid: header.kid,
    clientId: claims.sub,
    jti: claims.jti,
    usableFromSeconds: usableFrom(claims),
    unusableAtSeconds: Math.ceil(claims.exp) + clockSkewSeconds,
  };
}

/** A refusal of the assertion itself. */
function refuse(description: string, reason: RefusalReason, clientId?: string): OAuthError {
  return new OAuthError('invalid_client', description, {
    reason,
    ...(clientId === undefined ? {} : { clientId }),
  });
}

const headerSchema = z.object({
  alg: z.enum(clientAssertionAlgorithms),
  typ: z.enum(clientAssertionTypes).optional(),
  kid: z.string().max(256).optional(),
  crit: z.undefined().optional(),
  b64: z.undefined().optional(),
});

function parseHeader(token: string): z.infer<typeof headerSchema> {
  if (token.length > assertionLengthMax || !isCompactJws(token)) {
    throw refuse('The client assertion is not a signed JWT of acceptable size', 'malformed');
  }
  const parsed = headerSchema.safeParse(decodeOr(() => decodeProtectedHeader(token)));
  if (parsed.success) return parsed.data;
  const member = parsed.error.issues[0]?.path[0] ?? 'header';
  const reason = member === 'alg' ? 'algorithm' : 'malformed';
  throw refuse(`The header of the client assertion is not acceptable: ${String(member)}`, reason);
}

function parseClaims(token: string): ClientAssertionClaims {
  const parsed = clientAssertionClaimsSchema.safeParse(decodeOr(() => decodeJwt(token)));
  if (parsed.success) return parsed.data;
  const claim = parsed.error.issues[0]?.path[0] ?? 'payload';
  throw refuse(`The client assertion lacks an acceptable claim: ${String(claim)}`, 'claims');
}

function decodeOr<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

function assertParties({ iss, sub, aud }: ClientAssertionClaims, issuer: string): void {
  if (iss !== sub)
    throw refuse('iss and sub of the client assertion must both be the client_id', 'claims', sub);
  const [audience] = typeof aud === 'string' ? [aud] : aud;
  if (audience !== issuer) throw refuse(`aud of the client assertion must be ${issuer} alone`, 'claims', sub);
}

/** Without `iat` and `nbf` all that is known is that it was refused while `exp` lay too far ahead. */
function usableFrom({ exp, iat = 0, nbf = 0 }: ClientAssertionClaims): number {
  return Math.max(iat, nbf, exp - clientAssertionTtlSecondsMax - clockSkewSeconds);
}

function assertTimes({ sub, exp, iat, nbf }: ClientAssertionClaims, now: number): void {
  if (exp + clockSkewSeconds <= now) throw refuse('The client assertion has expired', 'claims', sub);
  if (exp > now + clientAssertionTtlSecondsMax + clockSkewSeconds) {
    throw refuse(
      `exp of the client assertion is over ${clientAssertionTtlSecondsMax} s ahead`,
      'claims',
      sub,
    );
  }
  if (iat !== undefined && exp - iat > clientAssertionTtlSecondsMax + clockSkewSeconds) {
    throw refuse(
      `exp of the client assertion is over ${clientAssertionTtlSecondsMax} s after its iat`,
      'claims',
      sub,
    );
  }
  if (Math.max(iat ?? 0, nbf ?? 0) > now + clockSkewSeconds) {
    throw refuse('The client assertion is not valid yet', 'claims', sub);
  }
}
