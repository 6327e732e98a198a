import { createHash } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';

/** Encrypts secrets for the database under the key-encryption key (KEK). */
export interface KeySealer {
  /** @param purpose what the secret is, e.g. `signing-key:<kid>`; the sealed form serves no other */
  seal(secret: string, purpose: string): Promise<string>;
  /** @throws UnsealError when it was sealed under another KEK, for another purpose, or was tampered with */
  open(sealed: string, purpose: string): Promise<string>;
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
 */
export function createKeySealer(kek: Buffer): KeySealer {
  const kekId = createHash('sha256').update('4runr kek id\0').update(kek).digest('base64url').slice(0, 16);
  return {
    seal: (secret, purpose) =>
      new CompactEncrypt(new TextEncoder().encode(secret))
        .setProtectedHeader({ alg: keyAlgorithm, enc: contentAlgorithm, kid: kekId, purpose })
        .encrypt(kek),

    async open(sealed, purpose) {
      const header = decodeProtectedHeader(sealed);
      if (header.kid !== kekId)
        throw new UnsealError(purpose, 'KEK_BASE64 is not the key it was encrypted under');
      if (header.purpose !== purpose) throw new UnsealError(purpose, 'it was encrypted for something else');
      try {
        const { plaintext } = await compactDecrypt(sealed, kek, {
          keyManagementAlgorithms: [keyAlgorithm],
          contentEncryptionAlgorithms: [contentAlgorithm],
        });
        return new TextDecoder().decode(plaintext);
      } catch (cause) {
        throw new UnsealError(purpose, 'it was tampered with', { cause });
      }
    },
  };
}
