import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { meshTokenTtlSeconds, type ServiceName } from '@4runr/contracts/mesh';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import * as z from 'zod';
import type { MeshKeyring } from './mesh-keys.ts';
import { nowSeconds, skewSeconds } from './verify-signed.ts';

/** The ordered pair whose key protects a message, as of mesh tokens: who asks, and who is asked and answers with it. */
export interface SealingPair {
  readonly caller: ServiceName;
  readonly audience: ServiceName;
}

/** A message that cannot be opened; nothing of it may be used. */
export class SealedMessageError extends Error {
  constructor(purpose: string, why: string, options?: ErrorOptions) {
    super(`the message for ${purpose} cannot be opened: ${why}`, options);
    this.name = 'SealedMessageError';
  }
}

const messageType = 'mesh+jwe';
const algorithm = 'dir';
const encryption = 'A256GCM';

const headerSchema = z.strictObject({
  alg: z.literal(algorithm),
  enc: z.literal(encryption),
  typ: z.literal(messageType),
  kid: z.string(),
  purpose: z.string(),
  exp: z.int(),
});

/**
 * Seals an answer to a service of the mesh for 60 s, like everything that the pairwise keys protect: a compact JWE (RFC 7516,
 * `dir` and A256GCM) under a key that is derived from the pair's, never under that key itself. The header, which is
 * authenticated, names the key's generation, what the message is for, and when it ends.
 *
 * @param pair.kid generation of the pair's key that the caller is known to have: that of its mesh token
 * @throws Error when there is no such key; that is a fault of the installation
 */
export async function sealForPair(
  keyring: MeshKeyring,
  pair: SealingPair & { readonly kid: string },
  message: { readonly plaintext: string; readonly purpose: string },
  clock: () => number = Date.now,
): Promise<string> {
  const key = encryptionKey(keyring, pair);
  if (key === undefined)
    throw new Error(`no mesh key ${pair.kid} for the pair ${pair.caller} -> ${pair.audience}`);
  const header: z.infer<typeof headerSchema> = {
    alg: algorithm,
    enc: encryption,
    typ: messageType,
    kid: pair.kid,
    purpose: message.purpose,
    exp: nowSeconds(clock) + meshTokenTtlSeconds,
  };
  return new CompactEncrypt(new TextEncoder().encode(message.plaintext))
    .setProtectedHeader(header)
    .encrypt(key);
}

/**
 * Opens what {@link sealForPair} has sealed, by any generation of the pair's key that this service was handed.
 *
 * @throws SealedMessageError for another pair or purpose, past its end, and for anything that was changed
 */
export async function openForPair(
  keyring: MeshKeyring,
  pair: SealingPair,
  sealed: { readonly jwe: string; readonly purpose: string },
  clock: () => number = Date.now,
): Promise<string> {
  const { jwe, purpose } = sealed;
  const header = readHeader(jwe);
  if (header === undefined || !isCanonical(jwe)) throw new SealedMessageError(purpose, 'it is malformed');
  if (header.purpose !== purpose) throw new SealedMessageError(purpose, 'it is for something else');
  const key = encryptionKey(keyring, { ...pair, kid: header.kid });
  if (key === undefined) throw new SealedMessageError(purpose, 'its key is not known');
  if (header.exp + skewSeconds <= nowSeconds(clock)) throw new SealedMessageError(purpose, 'it has ended');
  try {
    const { plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: [algorithm],
      contentEncryptionAlgorithms: [encryption],
    });
    return new TextDecoder().decode(plaintext);
  } catch (cause) {
    throw new SealedMessageError(purpose, 'it was tampered with', { cause });
  }
}

/** HKDF-SHA256 (RFC 5869) of the pair's key: the key that signs mesh tokens never encrypts. */
function encryptionKey(
  keyring: MeshKeyring,
  { caller, audience, kid }: SealingPair & { readonly kid: string },
): KeyObject | undefined {
  const key = keyring.keyOfPair({ caller, audience, kid });
  if (key === undefined) return undefined;
  const info = JSON.stringify([caller, audience, kid]);
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, '4runr-gateway mesh encryption v1', info, 32)));
}

function readHeader(jwe: string): z.infer<typeof headerSchema> | undefined {
  try {
    return headerSchema.safeParse(decodeProtectedHeader(jwe)).data;
  } catch {
    return undefined;
  }
}

/** Every segment stands as encoding its bytes gives it: nothing can be changed without being seen, not even spare bits. */
function isCanonical(jwe: string): boolean {
  return jwe
    .split('.')
    .every((segment) => Buffer.from(segment, 'base64url').toString('base64url') === segment);
}
