import { hash } from 'node:crypto';
import { dpopProofSkewSeconds } from '@4runr/contracts/token';
import type { Redis } from '../redis/index.ts';
import { createReplayMemory, type MemoryOfUse, type Use } from '../replay-memory/index.ts';

/** Remembers which proofs were used, across replicas and services. */
export interface DpopReplayGuard {
  /**
   * Marks a proof as used. A `jti` belongs to the key that signed it: nobody can use up somebody else's.
   *
   * @param iat of the proof, in seconds
   * @throws ProblemError `service.unavailable` when it cannot be known whether it was used: then nobody may pass
   */
  use(proof: { readonly jkt: string; readonly jti: string; readonly iat: number }): Promise<Use>;
  /** The memory in which proofs are used up now. @throws ProblemError `service.unavailable` */
  readMemory(): Promise<MemoryOfUse>;
}

/** In the state Redis, by a digest, so that its length and characters are ours. */
export function createDpopReplayGuard(redis: Redis, clock: () => number = Date.now): DpopReplayGuard {
  const memory = createReplayMemory(redis, clock);
  return {
    use({ jkt, jti, iat }) {
      const usableSeconds = iat + dpopProofSkewSeconds - clock() / 1_000;
      return memory.use(`dpop:${hash('sha256', `${jkt}.${jti}`, 'base64url')}`, usableSeconds);
    },
    readMemory: memory.read,
  };
}
