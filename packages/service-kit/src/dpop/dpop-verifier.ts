import { assertMadeWithin } from '../replay-memory/index.ts';
import { DpopError } from './dpop-error.ts';
import { createNonceCheck } from './nonce-check.ts';
import type { DpopNonces } from './nonces.ts';
import type { DpopReplayGuard } from './replay-guard.ts';
import { type CheckedProof, createProofCheck, type ProvenRequest } from './verify-proof.ts';

/** Proof of holding a key, right for its request and with a fresh nonce; not marked as used yet. */
export interface DpopProof extends Pick<CheckedProof, 'jkt' | 'jti' | 'iat'> {
  /** What the client should use from now on, where that is not what it used; goes out as `DPoP-Nonce`. */
  readonly nextNonce: string | undefined;
  /** The memory of used proofs that its nonce was handed out in; none where nonces are off. */
  readonly memoryId: string | undefined;
}

export interface DpopVerifier {
  /**
   * Checks the proof of a request (RFC 9449 section 4.3), all but its `jti`.
   *
   * @throws DpopError; ProblemError `service.unavailable` when the nonce to use cannot be known
   */
  verify(request: ProvenRequest): Promise<DpopProof>;
  /**
   * Uses up a proof, the last thing to do: whoever is refused before has used up nothing.
   *
   * @throws DpopError `replay`, or `nonce` where used proofs were forgotten since its nonce was handed out; ProblemError
   * `service.unavailable` when it cannot be known whether it was used
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
  const nonceCheck = nonces === undefined ? undefined : createNonceCheck(nonces, replayGuard.readMemory);
  return {
    async verify(request) {
      const { jkt, jti, iat, nonce } = await check(request);
      const { memoryId, nextNonce } = (await nonceCheck?.accept(nonce)) ?? {};
      return { jkt, jti, iat, nextNonce, memoryId };
    },
    async redeem(proof) {
      const { isNew, memory } = await replayGuard.use(proof);
      if (!isNew) {
        throw new DpopError('replay', 'The DPoP proof was used before: every request needs a new jti');
      }
      if (nonceCheck === undefined) assertMadeWithin(memory, proof.iat);
      else nonceCheck.assertStillFresh(memory, proof.memoryId);
    },
  };
}
