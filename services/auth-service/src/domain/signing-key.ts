import {
  type AccessTokenClaims,
  accessTokenAlgorithm,
  accessTokenType,
  type PublicJwk,
} from '@4runr/contracts/token';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type CryptoKey as SigningCryptoKey,
  SignJWT,
} from 'jose';

/** A key that access tokens are signed with. */
export interface SigningKey {
  /** Thumbprint of the key (RFC 7638). */
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly privateKey: SigningCryptoKey;
}

/** A signing key as it is kept: the private half still in the clear, for the store to encrypt. */
export interface SigningKeyMaterial {
  readonly publicJwk: PublicJwk;
  readonly privateJwk: JWK;
}

/** Makes an RSA-2048 key. The work is done off the event loop. */
export async function generateSigningKey(): Promise<SigningKeyMaterial> {
  const { publicKey, privateKey } = await generateKeyPair(accessTokenAlgorithm, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    publicJwk: { ...jwk, kid, kty: 'RSA', alg: accessTokenAlgorithm, use: 'sig' } as PublicJwk,
    privateJwk: await exportJWK(privateKey),
  };
}

/** Readies a key for signing; from here on its private half cannot be exported. */
export async function importSigningKey({ publicJwk, privateJwk }: SigningKeyMaterial): Promise<SigningKey> {
  const privateKey = await importJWK({ ...privateJwk, ext: false }, accessTokenAlgorithm);
  if (!(privateKey instanceof CryptoKey)) throw new TypeError('a signing key has to be asymmetric');
  return { kid: publicJwk.kid, publicJwk, privateKey };
}

/** Signs claims as an access token (RFC 9068 section 2.1). The signature is computed off the event loop. */
export function signAccessToken(key: SigningKey, claims: AccessTokenClaims): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: accessTokenAlgorithm, typ: accessTokenType, kid: key.kid })
    .sign(key.privateKey);
}
