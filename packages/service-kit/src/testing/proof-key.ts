import { hash, randomUUID } from 'node:crypto';
import { type ClientAssertionAlgorithm, dpopProofType } from '@4runr/contracts/token';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** What a proof says beyond, or other than, a correct one; `undefined` leaves a claim or member out. */
export interface ProofChange {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** A client's DPoP key, and what it does with it. */
export interface ProofKey {
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
  readonly jkt: string;
  /** A correct proof (RFC 9449 section 4.2) of a request, unless changed. */
  prove(request: ProofRequest, change?: ProofChange): Promise<string>;
}

export interface ProofRequest {
  readonly method: string;
  readonly url: string;
  readonly nonce?: string | undefined;
  readonly accessToken?: string | undefined;
}

export async function generateProofKey(algorithm: ClientAssertionAlgorithm = 'ES256'): Promise<ProofKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const publicJwk = await exportJWK(publicKey);
  return {
    publicJwk,
    privateKey,
    jkt: await calculateJwkThumbprint(publicJwk),
    prove: ({ method, url, nonce, accessToken }, { claims, header } = {}) => {
      const ath = accessToken === undefined ? undefined : hash('sha256', accessToken, 'base64url');
      const iat = Math.floor(Date.now() / 1_000);
      return new SignJWT({ jti: randomUUID(), htm: method, htu: url, iat, nonce, ath, ...claims })
        .setProtectedHeader({ typ: dpopProofType, alg: algorithm, jwk: publicJwk, ...header })
        .sign(privateKey);
    },
  };
}
