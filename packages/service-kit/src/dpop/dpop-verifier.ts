import { DpopError } from './dpop-error.ts';
import type { DpopNonces } from './nonces.ts';
import type { DpopReplayGuard } from './replay-guard.ts';
import { type CheckedProof, createProofCheck, type ProvenRequest } from './verify-proof.ts';

/** Proof of holding a key, right for its request and with a fresh nonce; not marked as used yet. */
export interface DpopProof extends Pick<CheckedProof, 'jkt' | 'jti' | 'iat'> {
  /** What the client should use from now on, where that is not what it used; goes out as `DPoP-Nonce`. */
  readonly nextNonce: string | undefined;
}

export interface DpopVerifier {
  /**
   * Checks the proof of a request (RFC 9449 section 4.3), all but its `jti`.
   *
   * @throws DpopError
   */
  verify(request: ProvenRequest): Promise<DpopProof>;
  /**
   * Uses up a proof, the last thing to do: whoever is refused before has used up nothing.
   *
   * @throws DpopError `replay`; ProblemError `service.unavailable` when it cannot be known whether it was used
   */
  redeem(proof: DpopProof): Promise<void>;
}

export function createDpopVerifier(options: {
  /** By which clients reach the gateway; `htu` starts with one of them. */
  baseUrls: readonly string[];
  /** Without them proofs need no nonce. */
  nonces: DpopNonces | undefined;
  replayGuard: DpopReplayGuard;
  /** Milliseconds since the epoch. */
  clock?: () => number;
}): DpopVerifier {
  const { baseUrls, nonces, replayGuard, clock = Date.now } = options;
  const check = createProofCheck(baseUrls, clock);
  return {
    async verify(request) {
      const { jkt, jti, iat, nonce } = await check(request);
      return { jkt, jti, iat, nextNonce: nextNonce(nonces, nonce) };
    },
    async redeem(proof) {
      if (await replayGuard.use(proof)) return;
      throw new DpopError('replay', 'The DPoP proof was used before: every request needs a new jti');
    },
  };
}

function nextNonce(nonces: DpopNonces | undefined, used: string | undefined): string | undefined {
  if (nonces === undefined) return undefined;
  const current = nonces.current();
  if (used === current) return undefined;
  if (used !== undefined && nonces.isAccepted(used)) return current;
  throw new DpopError('nonce', 'The DPoP proof must carry the nonce of the DPoP-Nonce header', {
    nonce: current,
  });
}
