import type { PublicJwk } from '@4runr/contracts/token';
import { thumbprintOf } from '../domain/client-keys.ts';

/** Keys as the record of a change shows them: a `kid` is what its owner calls it, the thumbprint (RFC 7638) is what it is. */
export function snapshotKeys(
  keys: readonly PublicJwk[],
): Promise<readonly { readonly kid: string; readonly thumbprint: string }[]> {
  return Promise.all(keys.map(async (key) => ({ kid: key.kid, thumbprint: await thumbprintOf(key) })));
}
