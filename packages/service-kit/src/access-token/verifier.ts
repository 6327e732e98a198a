import { type AccessTokenClaims, accessTokenClaimsSchema } from '@4runr/contracts/token';
import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { ProblemError } from '../errors/index.ts';
import { invalidToken } from '../http/bearer-token.ts';

export interface AccessTokenVerifierOptions {
  /** `PUBLIC_URL`: both the issuer and the audience of access tokens. */
  readonly issuer: string;
  readonly getKey: JWTVerifyGetKey;
  /** How many verified tokens are remembered. Default 10,000. */
  readonly rememberedMax?: number;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

export interface AccessTokenVerifier {
  /**
   * Verifies a token (RFC 9068 section 4) and answers with its claims. A token that was verified before is looked up,
   * not verified again, until it expires.
   *
   * @throws ProblemError `token.invalid`, `token.expired`, or `service.unavailable` when the issuer's keys cannot be had
   */
  verify(token: string): Promise<AccessTokenClaims>;
}

/** Difference between the issuer's clock and ours that is tolerated, in seconds. */
const skewSeconds = 5;

export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): AccessTokenVerifier {
  const { rememberedMax = 10_000, clock = Date.now } = options;
  const remembered = new Map<string, AccessTokenClaims>();

  async function verifyAnew(token: string): Promise<AccessTokenClaims> {
    const { payload } = await jwtVerify(token, options.getKey, {
      issuer: options.issuer,
      audience: options.issuer,
      algorithms: ['RS256'],
      typ: 'at+jwt',
      clockTolerance: skewSeconds,
      currentDate: new Date(clock()),
    });
    const claims = accessTokenClaimsSchema.parse(payload);
    if (remembered.size >= rememberedMax) forgetOldest(remembered);
    remembered.set(token, claims);
    return claims;
  }

  return {
    async verify(token) {
      const known = remembered.get(token);
      if (known === undefined) return verifyAnew(token).catch(translateFailure);
      if (known.exp + skewSeconds > clock() / 1_000) return known;
      remembered.delete(token);
      throw expiredToken();
    },
  };
}

function forgetOldest(remembered: Map<string, AccessTokenClaims>): void {
  const oldest = remembered.keys().next();
  if (oldest.done !== true) remembered.delete(oldest.value);
}

function translateFailure(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw expiredToken(error);
  if (error instanceof errors.JOSEError || isSchemaError(error)) throw invalidToken(undefined, error);
  throw new ProblemError('service.unavailable', {
    detail: 'The keys that verify access tokens cannot be had.',
    cause: error,
    headers: { 'Retry-After': '1' },
  });
}

function isSchemaError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ZodError';
}

function expiredToken(cause?: unknown): ProblemError {
  return new ProblemError('token.expired', {
    cause,
    headers: {
      'WWW-Authenticate':
        'Bearer realm="4runr", error="invalid_token", error_description="The token expired"',
    },
  });
}
