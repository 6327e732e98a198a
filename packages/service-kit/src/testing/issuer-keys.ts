import type { CryptoKey } from 'jose';
import type { IssuerKeys } from '../access-token/index.ts';

/** An issuer with one key, under whatever id. */
export function issuerKeysOf(publicKey: CryptoKey): IssuerKeys {
  return { getKey: async () => publicKey, isPublished: () => true };
}
