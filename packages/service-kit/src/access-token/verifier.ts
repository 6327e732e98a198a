import { hash } from 'node:crypto';
import {
  type AccessTokenClaims,
  accessTokenAlgorithm,
  accessTokenClaimsSchema,
  accessTokenType,
} from '@4runr/contracts/token';
import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { ZodError } from 'zod';
import { makeRoom } from '../bounded-memory/make-room.ts';
import { ProblemError } from '../errors/index.ts';
import { invalidToken } from '../http/bearer-token.ts';
import { isCompactJws } from '../jws/index.ts';
import type { IssuerKeys } from './issuer-keys.ts';

export interface AccessTokenVerifierOptions {
  /** `PUBLIC_URL`: both the issuer and the audience of access tokens. */
  readonly issuer: string;
  readonly keys: IssuerKeys;
  /** How many verified tokens are remembered. Default 10,000. */
  readonly rememberedMax?: number;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

export interface AccessTokenVerifier {
  /**
   * Verifies a token (RFC 9068 section 4) and answers with its claims. A token that was verified before is looked up,
   * not verified again, until it expires; every five minutes it is, and as soon as its key is not published any more.
   *
   * @throws ProblemError `token.invalid`, `token.expired`, or `service.unavailable` when the issuer's keys cannot be had
   */
  verify(token: string): Promise<AccessTokenClaims>;
}

/** How long a verified token is believed without looking at its signature again, in seconds. */
const rememberedSeconds = 300;

interface Remembered {
  /** Of the key that signed it. */
  readonly kid: string;
  readonly claims: AccessTokenClaims;
  readonly untilSeconds: number;
}

/** Difference between the issuer's clock and ours that is tolerated, in seconds. */
const skewSeconds = 5;

export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): AccessTokenVerifier {
  const { keys, rememberedMax = 10_000, clock = Date.now } = options;
  // By hash: the whole token would be kept a second time, ready for whoever reads the memory.
  // A token that names no key is verified at each use: whether its key was withdrawn could not be told.
  const remembered = new Map<string, Remembered>();

  async function verifyAnew(token: string, key: string): Promise<AccessTokenClaims> {
    assertAlgorithm(token);
    if (!isCompactJws(token)) throw new errors.JWSInvalid('not a compact JWS');
    const { payload, protectedHeader } = await jwtVerify(token, keys.getKey, {
      issuer: options.issuer,
      audience: options.issuer,
      algorithms: [accessTokenAlgorithm],
      typ: accessTokenType,
      clockTolerance: skewSeconds,
      currentDate: new Date(clock()),
    });
    const claims = Object.freeze(accessTokenClaimsSchema.parse(payload));
    const { kid } = protectedHeader;
    remembered.delete(key);
    if (kid === undefined) return claims;
    makeRoom(remembered, rememberedMax);
    const untilSeconds = Math.min(claims.exp + skewSeconds, clock() / 1_000 + rememberedSeconds);
    remembered.set(key, { kid, claims, untilSeconds });
    return claims;
  }

  const isBelieved = ({ kid, untilSeconds }: Remembered) =>
    clock() / 1_000 < untilSeconds && keys.isPublished(kid);
  return {
    async verify(token) {
      const key = hash('sha256', token, 'base64');
      const known = remembered.get(key);
      if (known !== undefined && isBelieved(known)) return known.claims;
      return verifyAnew(token, key).catch(translateFailure);
    },
  };
}

/** Before its form: a token with `alg` none has no signature, and must be told from garbage. */
function assertAlgorithm(token: string): void {
  const algorithm = algorithmOf(token);
  if (algorithm === undefined || algorithm === accessTokenAlgorithm) return;
  throw new errors.JOSEAlgNotAllowed('the token names an algorithm that its issuer does not use');
}

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    return undefined;
  }
}

function translateFailure(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw expiredToken(error);
  if (error instanceof errors.JOSEError || error instanceof ZodError) throw invalidToken(undefined, error);
  throw new ProblemError('service.unavailable', {
    detail: 'The keys that verify access tokens cannot be had.',
    cause: error,
    headers: { 'Retry-After': '1' },
  });
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
