import { headers } from '@4runr/contracts/headers';
import type { AccessTokenClaims } from '@4runr/contracts/token';
import { DpopError, type DpopVerifier } from '../dpop/index.ts';
import { ProblemError } from '../errors/index.ts';
import { type PresentedToken, schemeOf } from './presented-token.ts';

/** A token that was found good, as it was presented. */
export interface GoodToken {
  readonly token: string;
  readonly claims: AccessTokenClaims;
  readonly presented: PresentedToken;
}

/**
 * Makes the check that a bound token comes from whoever holds its key (RFC 9449 section 7): by the scheme DPoP and with a
 * proof of that key for this request and this token. No other token may come by that scheme, and no bound one by another.
 *
 * @param dpop without it bound tokens are refused
 * @throws ProblemError `token.invalid` whose cause is a `DpopError`, or `service.unavailable`
 */
export function createKeyBindingCheck(dpop: DpopVerifier | undefined): (good: GoodToken) => Promise<void> {
  return async (good) => {
    try {
      await assertPresentedByHolder(good, dpop);
    } catch (error) {
      throw error instanceof DpopError ? refusedBinding(error) : error;
    }
  };
}

async function assertPresentedByHolder(
  { token, claims, presented }: GoodToken,
  dpop: DpopVerifier | undefined,
): Promise<void> {
  const isBound = claims.cnf !== undefined;
  const comesByDpop = schemeOf(presented) === 'DPoP';
  if (!isBound && !comesByDpop) return;
  if (!isBound) throw new DpopError('binding', 'The token is bound to no key: present it as a bearer token');
  if (!comesByDpop) throw new DpopError('binding', 'The token is bound to a key: present it by DPoP');
  if (dpop === undefined) throw new DpopError('binding', 'Tokens that are bound to a key are not taken here');
  const { method, path, dpop: proofs } = presented;
  const proof = await dpop.verify({ proofs, method, path, accessToken: token });
  if (proof.jkt !== claims.cnf?.jkt) {
    throw new DpopError('binding', 'The DPoP proof is not one of the key that the token is bound to');
  }
  if (proof.nextNonce !== undefined) presented.offerNonce(proof.nextNonce);
  await dpop.redeem(proof);
}

function refusedBinding(error: DpopError): ProblemError {
  return new ProblemError('token.invalid', {
    detail: `${error.message}.`,
    cause: error,
    headers: error.nonce === undefined ? {} : { [headers.dpopNonce]: error.nonce },
  });
}
