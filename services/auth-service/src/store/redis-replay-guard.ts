import { createHash } from 'node:crypto';
import { assertMadeWithin, type ReplayMemory } from '@4runr/service-kit/replay-memory';
import type { ReplayGuard } from '../domain/authenticate-client.ts';
import type { ClientAssertion } from '../domain/client-assertion.ts';

/**
 * Remembers used assertions in the state Redis, by a digest, so that its length and characters are ours.
 *
 * @param clock milliseconds since the epoch
 */
export function createReplayGuard(memory: ReplayMemory, clock: () => number = Date.now): ReplayGuard {
  return {
    async use(assertion) {
      const usableSeconds = assertion.unusableAtSeconds - clock() / 1_000;
      const used = await memory.use(`assertion:${digestOf(assertion)}`, usableSeconds);
      if (used.isNew) assertMadeWithin(used.memory, assertion.usableFromSeconds);
      return used.isNew;
    },
  };
}

function digestOf({ clientId, jti }: ClientAssertion): string {
  return createHash('sha256')
    .update(JSON.stringify([clientId, jti]))
    .digest('base64url');
}
