import { createHash } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';

/** Encrypts secrets for the database under the key-encryption key (KEK). */
export interface KeySealer {
  /** Fingerprint of the KEK that seals; what is sealed names it. */
  readonly kekId: string;
  /** @param purpose what the secret is, e.g. `signing-key:<kid>`; the sealed form serves no other */
  seal(secret: string, purpose: string): Promise<string>;
  /** @throws UnsealError when it was sealed under an unknown KEK, for another purpose, or was tampered with */
  open(sealed: string, purpose: string): Promise<string>;
  /** Whether it was sealed under the KEK that seals now, not one that is only accepted. */
  isCurrent(sealed: string): boolean;
}

/** A secret that cannot be opened: no reason to make a new one, but one not to start. */
export class UnsealError extends Error {
  constructor(purpose: string, why: string, options?: ErrorOptions) {
    super(`${purpose} cannot be decrypted: ${why}`, options);
    this.name = 'UnsealError';
  }
}

const keyAlgorithm = 'A256GCMKW';
const contentAlgorithm = 'A256GCM';

/**
 * Seals by envelope encryption, in the standard form: compact JWE (RFC 7516) with a content key of its own per secret,
 * wrapped by the KEK (AES-256-GCM both). Its header names the KEK, by a fingerprint, and the purpose, and is authenticated.
 *
 * @param kek 32 bytes
 * @param accepted older or newer KEKs that open what they have sealed, and seal nothing
 */
export function createKeySealer(kek: Buffer, accepted: readonly Buffer[] = []): KeySealer {
  const kekId = fingerprint(kek);
  const known = new Map([...accepted, kek].map((key) => [fingerprint(key), key]));
  return {
    kekId,
    seal: (secret, purpose) =>
      new CompactEncrypt(new TextEncoder().encode(secret))
        .setProtectedHeader({ alg: keyAlgorithm, enc: contentAlgorithm, kid: kekId, purpose })
        .encrypt(kek),

    async open(sealed, purpose) {
      const header = decodeProtectedHeader(sealed);
      const key = known.get(header.kid ?? '');
      if (key === undefined) throw new UnsealError(purpose, unknownKek(header.kid));
      if (header.purpose !== purpose) throw new UnsealError(purpose, 'it was encrypted for something else');
      try {
        const { plaintext } = await compactDecrypt(sealed, key, {
          keyManagementAlgorithms: [keyAlgorithm],
          contentEncryptionAlgorithms: [contentAlgorithm],
        });
        return new TextDecoder().decode(plaintext);
      } catch (cause) {
        throw new UnsealError(purpose, 'it was tampered with', { cause });
      }
    },

    isCurrent: (sealed) => decodeProtectedHeader(sealed).kid === kekId,
  };
}

function unknownKek(kekId: string | undefined): string {
  return `KEK_BASE64 is not the key it was encrypted under (fingerprint ${kekId}), nor is any of KEK_ACCEPTED_BASE64`;
}

function fingerprint(kek: Buffer): string {
  return createHash('sha256').update('4runr kek id\0').update(kek).digest('base64url').slice(0, 16);
}
