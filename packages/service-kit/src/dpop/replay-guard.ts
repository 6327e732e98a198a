import { hash } from 'node:crypto';
import { dpopProofSkewSeconds } from '@4runr/contracts/token';
import { ProblemError } from '../errors/index.ts';
import type { Redis } from '../redis/index.ts';

/** Remembers which proofs were used, across replicas and services. */
export interface DpopReplayGuard {
  /**
   * Marks a proof as used. A `jti` belongs to the key that signed it: nobody can use up somebody else's.
   *
   * @param iat of the proof, in seconds
   * @returns whether it had not been used before
   * @throws ProblemError `service.unavailable` when that cannot be known: then nobody may pass
   */
  use(proof: { readonly jkt: string; readonly jti: string; readonly iat: number }): Promise<boolean>;
}

/** Beyond the time for which a proof could be used again, for clocks that differ; in seconds. */
const marginSeconds = 60;

/** One key for each used proof in the state Redis: a digest, so that its length and characters are ours. */
export function createDpopReplayGuard(redis: Redis, clock: () => number = Date.now): DpopReplayGuard {
  return {
    async use({ jkt, jti, iat }) {
      const usableSeconds = Math.ceil(iat + dpopProofSkewSeconds - clock() / 1_000);
      try {
        const reply = await redis.set(`dpop:${hash('sha256', `${jkt}.${jti}`, 'base64url')}`, '1', {
          condition: 'NX',
          expiration: { type: 'EX', value: Math.max(usableSeconds, 0) + marginSeconds },
        });
        return reply === 'OK';
      } catch (cause) {
        throw new ProblemError('service.unavailable', { cause, headers: { 'Retry-After': '1' } });
      }
    },
  };
}
