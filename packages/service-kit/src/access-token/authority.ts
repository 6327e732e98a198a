import type { AccessTokenClaims } from '@4runr/contracts/token';
import type { JWTVerifyGetKey } from 'jose';
import { ProblemError } from '../errors/index.ts';
import { readBearerToken } from '../http/bearer-token.ts';
import type { Kit } from '../lifecycle/index.ts';
import type { Revocations } from '../revocation/index.ts';
import type { PresentedToken } from './presented-token.ts';
import { createValidationRecorder } from './validation-recorder.ts';
import { createAccessTokenVerifier } from './verifier.ts';

export interface AccessTokenAuthorityOptions {
  /** `PUBLIC_URL`: both the issuer and the audience of access tokens. */
  readonly issuer: string;
  readonly getKey: JWTVerifyGetKey;
  readonly revocations: Revocations;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/** The one place where a service decides whether a request's access token is to be believed. */
export interface AccessTokenAuthority {
  /**
   * Answers with the claims of a token that its issuer signed, that has not ended and was not revoked. Every outcome is
   * counted, and a refusal is reported as a security event.
   *
   * @throws ProblemError `token.*`, or `service.unavailable` when the issuer's keys or revocations cannot be had
   */
  authenticate(presented: PresentedToken): Promise<AccessTokenClaims>;
}

export function createAccessTokenAuthority(
  kit: Pick<Kit, 'metrics' | 'reportSecurityEvent'>,
  options: AccessTokenAuthorityOptions,
): AccessTokenAuthority {
  const { revocations } = options;
  const verifier = createAccessTokenVerifier(options);
  const record = createValidationRecorder(kit);

  async function check({ authorization }: PresentedToken): Promise<AccessTokenClaims> {
    const claims = await verifier.verify(readBearerToken(authorization));
    // At every use: a verified token is remembered, that it was not revoked then is not.
    if (revocations.isRevoked(claims)) throw revokedToken();
    return claims;
  }
  return {
    async authenticate(presented) {
      try {
        const claims = await check(presented);
        record.valid();
        return claims;
      } catch (error) {
        if (error instanceof ProblemError) record.refused(error);
        throw error;
      }
    },
  };
}

function revokedToken(): ProblemError {
  return new ProblemError('token.revoked', {
    headers: {
      'WWW-Authenticate':
        'Bearer realm="4runr", error="invalid_token", error_description="The token was revoked"',
    },
  });
}
