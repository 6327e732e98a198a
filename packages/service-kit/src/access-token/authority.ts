import type { AccessTokenClaims } from '@4runr/contracts/token';
import type { DpopVerifier } from '../dpop/index.ts';
import { ProblemError } from '../errors/index.ts';
import type { Kit } from '../lifecycle/index.ts';
import type { Revocations } from '../revocation/index.ts';
import { withChallenges } from './challenges.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { createKeyBindingCheck } from './key-binding.ts';
import { type PresentedToken, schemeOf, tokenOf } from './presented-token.ts';
import { createValidationRecorder } from './validation-recorder.ts';
import { createAccessTokenVerifier } from './verifier.ts';

export interface AccessTokenAuthorityOptions {
  /** `PUBLIC_URL`: both the issuer and the audience of access tokens. */
  readonly issuer: string;
  readonly keys: IssuerKeys;
  readonly revocations: Revocations;
  /** Checks proofs of holding a key (RFC 9449). Without it tokens that are bound to a key are refused. */
  readonly dpop: DpopVerifier | undefined;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/** The one place where a service decides whether a request's access token is to be believed. */
export interface AccessTokenAuthority {
  /**
   * Answers with the claims of a token that its issuer signed, that has not ended, was not revoked, and comes from whoever
   * holds the key that it is bound to, if it is. Every outcome is counted, and a refusal is reported as a security event.
   *
   * @throws ProblemError `token.*`, or `service.unavailable` when the issuer's keys, revocations or used proofs cannot be had
   */
  authenticate(presented: PresentedToken): Promise<AccessTokenClaims>;
}

export function createAccessTokenAuthority(
  kit: Pick<Kit, 'metrics' | 'reportSecurityEvent'>,
  options: AccessTokenAuthorityOptions,
): AccessTokenAuthority {
  const { revocations } = options;
  const verifier = createAccessTokenVerifier(options);
  const assertKeyBinding = createKeyBindingCheck(options.dpop);
  const record = createValidationRecorder(kit);

  async function assertUsable(
    token: string,
    claims: AccessTokenClaims,
    presented: PresentedToken,
  ): Promise<void> {
    // At every use: a verified token is remembered, that it was not revoked then is not.
    if (revocations.isRevoked(claims)) throw new ProblemError('token.revoked');
    await assertKeyBinding({ token, claims, presented });
  }
  return {
    async authenticate(presented) {
      let claims: AccessTokenClaims | undefined;
      try {
        const token = tokenOf(presented);
        claims = await verifier.verify(token);
        await assertUsable(token, claims, presented);
        record.valid();
        return claims;
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        record.refused(error, { address: presented.address, claims });
        throw withChallenges(error, schemeOf(presented));
      }
    },
  };
}
