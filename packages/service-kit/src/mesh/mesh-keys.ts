import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { MeshKey, ServiceName } from '@4runr/contracts/mesh';

const salt = '4runr-gateway mesh key v1';

/**
 * Derives the key of an ordered pair (caller, audience) from the installer's root secret (HKDF-SHA256, RFC 5869).
 * Only installers call it: no service ever holds the root.
 */
export function deriveMeshKey(
  root: Buffer,
  pair: { caller: ServiceName; audience: ServiceName; kid: string },
): MeshKey {
  const info = JSON.stringify([pair.caller, pair.audience, pair.kid]);
  return { ...pair, key: Buffer.from(hkdfSync('sha256', root, salt, info, 32)).toString('base64url') };
}

/** The pairwise keys that one service was handed. */
export interface MeshKeyring {
  readonly self: ServiceName;
  /** Ids of the keys that this service signs with, and of those that it takes: both hold the new one when it is in use everywhere. */
  readonly kids: { readonly signs: readonly string[]; readonly accepts: readonly string[] };
  /**
   * The key to sign with for an audience: of several `kid`s the first handed out.
   *
   * @throws Error when the installer gave no key for the pair; that is a fault of the installation
   */
  signingKey(audience: ServiceName): { readonly kid: string; readonly key: KeyObject };
  /** The key that a caller's token for this service must be signed with. */
  verifyingKey(caller: ServiceName, kid: string): KeyObject | undefined;
  /** The key of a pair that this service takes part in, on whichever side. */
  keyOfPair(pair: { caller: ServiceName; audience: ServiceName; kid: string }): KeyObject | undefined;
}

export function createMeshKeyring(self: ServiceName, keys: readonly MeshKey[]): MeshKeyring {
  const signing = new Map<ServiceName, { kid: string; key: KeyObject }>();
  const ofPairs = new Map<string, KeyObject>();
  const keyOfPair: MeshKeyring['keyOfPair'] = (pair) => ofPairs.get(nameOf(pair));
  for (const { caller, audience, kid, key } of keys) {
    const secret = createSecretKey(key, 'base64url');
    if (caller === self && !signing.has(audience)) signing.set(audience, { kid, key: secret });
    ofPairs.set(nameOf({ caller, audience, kid }), secret);
  }
  const accepted = keys.filter(({ audience }) => audience === self).map(({ kid }) => kid);
  const signs = [...signing.values()].map(({ kid }) => kid);
  return {
    self,
    kids: { signs: [...new Set(signs)], accepts: [...new Set(accepted)] },
    signingKey(audience) {
      const found = signing.get(audience);
      if (found === undefined) throw new Error(`no mesh key for the pair ${self} -> ${audience}`);
      return found;
    },
    verifyingKey: (caller, kid) => keyOfPair({ caller, audience: self, kid }),
    keyOfPair,
  };
}

/** Names of services hold no blank, so no two pairs share one, whatever their key ids hold. */
function nameOf({
  caller,
  audience,
  kid,
}: {
  caller: ServiceName;
  audience: ServiceName;
  kid: string;
}): string {
  return `${caller} ${audience} ${kid}`;
}
