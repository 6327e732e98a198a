import { createHash } from 'node:crypto';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Redis } from '@4runr/service-kit/redis';
import type { ReplayGuard } from '../domain/authenticate-client.ts';
import type { ClientAssertion } from '../domain/client-assertion.ts';

/**
 * Remembers used assertions in the state Redis, one key each that lives exactly as long as the assertion could be used
 * again. The key is a digest, so that its length and characters are ours.
 */
export function createReplayGuard(redis: Redis): ReplayGuard {
  return {
    async use(assertion) {
      try {
        const reply = await redis.set(keyOf(assertion), '1', {
          condition: 'NX',
          expiration: { type: 'EXAT', value: assertion.unusableAtSeconds },
        });
        return reply === 'OK';
      } catch (cause) {
        throw new ProblemError('service.unavailable', { cause, headers: { 'Retry-After': '1' } });
      }
    },
  };
}

function keyOf({ clientId, jti }: ClientAssertion): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([clientId, jti]))
    .digest('base64url');
  return `auth:assertion:${digest}`;
}
