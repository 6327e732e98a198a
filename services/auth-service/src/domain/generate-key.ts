import type { PublicJwk } from '@4runr/contracts/token';
import { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair } from 'jose';

/** A key that was made for an agent; `privateKey` is PKCS#8 PEM, shown once and kept nowhere. */
export interface GeneratedKey {
  readonly key: PublicJwk;
  readonly privateKey: string;
}

/** Makes an RSA-2048 key, off the event loop. */
export async function generateKey(): Promise<GeneratedKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { key: { ...jwk, kid, kty: 'RSA' } as PublicJwk, privateKey: await exportPKCS8(privateKey) };
}
