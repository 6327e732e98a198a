import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { type Facts, factsSchema } from '@4runr/contracts/decision';
import type { SealFacts } from './decision-draft.ts';

/** Encrypts facts that may be personal for as long as the audit trail keeps them. */
export interface FactsSealer {
  readonly seal: SealFacts;
  /** @throws Error when it was sealed under an unknown key, for another call, or was tampered with */
  open(sealed: string, callId: string): Facts;
}

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * `<fingerprint of the key>.<iv, ciphertext and tag in base64url>` by AES-256-GCM, the call's id authenticated with it.
 *
 * @param key 32 bytes
 * @param accepted earlier keys that open what they have sealed
 */
export function createFactsSealer(key: Buffer, accepted: readonly Buffer[] = []): FactsSealer {
  const keyId = fingerprint(key);
  const known = new Map([...accepted, key].map((each) => [fingerprint(each), each]));
  return {
    seal(facts, callId) {
      const iv = randomBytes(ivBytes);
      const sealing = createCipheriv(cipher, key, iv).setAAD(Buffer.from(callId));
      const text = Buffer.concat([
        iv,
        sealing.update(JSON.stringify(facts)),
        sealing.final(),
        sealing.getAuthTag(),
      ]);
      return `${keyId}.${text.toString('base64url')}`;
    },
    open(sealed, callId) {
      const [id = '', text = ''] = sealed.split('.');
      const sealingKey = known.get(id);
      if (sealingKey === undefined) throw new Error(`the facts were sealed under another key (${id})`);
      const bytes = Buffer.from(text, 'base64url');
      const opening = createDecipheriv(cipher, sealingKey, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      })
        .setAAD(Buffer.from(callId))
        .setAuthTag(bytes.subarray(-tagBytes));
      const plain = Buffer.concat([opening.update(bytes.subarray(ivBytes, -tagBytes)), opening.final()]);
      return factsSchema.parse(JSON.parse(plain.toString()));
    },
  };
}

function fingerprint(key: Buffer): string {
  return createHash('sha256').update('4runr audit key id\0').update(key).digest('base64url').slice(0, 8);
}
