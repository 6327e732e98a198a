import type { MemoryOfUse } from '../replay-memory/index.ts';
import { DpopError } from './dpop-error.ts';
import type { DpopNonces } from './nonces.ts';

/** A nonce that serves. */
export interface AcceptedNonce {
  /** The memory of used proofs that it was handed out in. */
  readonly memoryId: string;
  /** What to use from now on, where that is another one. */
  readonly nextNonce: string | undefined;
}

/** Whether proofs carry a nonce of ours that was handed out lately, in the memory in which they are used up. */
export interface NonceCheck {
  /** @throws DpopError `nonce`; ProblemError `service.unavailable` when the nonce to use cannot be known */
  accept(nonce: string | undefined): Promise<AcceptedNonce>;
  /**
   * Whether the memory in which a proof was used up is the one of its nonce. Where it is not, the proof may have been used
   * in the one before.
   *
   * @throws DpopError `nonce`
   */
  assertStillFresh(memory: MemoryOfUse, memoryId: string | undefined): void;
}

/** The memory is looked at when a nonce does not fit the one that was seen last: good ones cost no round trip. */
export function createNonceCheck(nonces: DpopNonces, readMemory: () => Promise<MemoryOfUse>): NonceCheck {
  let seen: string | undefined;

  function find(nonce: string | undefined, memoryId: string | undefined): AcceptedNonce | undefined {
    if (nonce === undefined || memoryId === undefined) return undefined;
    const current = nonces.current(memoryId);
    if (nonce === current) return { memoryId, nextNonce: undefined };
    return nonces.isAccepted(nonce, memoryId) ? { memoryId, nextNonce: current } : undefined;
  }
  return {
    async accept(nonce) {
      const known = find(nonce, seen);
      if (known !== undefined) return known;
      const { id } = await readMemory();
      seen = id;
      const found = find(nonce, id);
      if (found !== undefined) return found;
      throw demand(nonces.current(id));
    },
    assertStillFresh({ id }, memoryId) {
      seen = id;
      if (memoryId !== id) throw demand(nonces.current(id));
    },
  };
}

function demand(nonce: string): DpopError {
  return new DpopError('nonce', 'The DPoP proof must carry the nonce of the DPoP-Nonce header', { nonce });
}
