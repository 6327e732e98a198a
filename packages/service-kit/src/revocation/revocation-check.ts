import type { ReadinessCheck } from '../http/index.ts';
import type { Revocations } from './revocation-feed.ts';

export const revocationCheckName = 'revocations';

/** A service that takes tokens is not ready while it cannot know which of them are revoked. */
export function revocationCheck(revocations: Revocations): ReadinessCheck {
  return { name: revocationCheckName, check: revocations.assertFresh };
}
