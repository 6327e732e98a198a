import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Encrypts what is stored and may be personal. */
export interface TextSealer {
  /** @param boundTo id of what the text belongs to; it opens under no other */
  seal(text: string, boundTo: string): string;
  /** @throws Error when it was sealed under an unknown key, for something else, or was tampered with */
  open(sealed: string, boundTo: string): string;
}

export interface TextSealerOptions {
  /** What is sealed, e.g. `audit`: part of the fingerprints of keys, and of the messages of errors. */
  readonly purpose: string;
  /** 32 bytes. */
  readonly key: Buffer;
  /** Earlier keys that open what they have sealed. */
  readonly accepted?: readonly Buffer[];
}

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** `<fingerprint of the key>.<iv, ciphertext and tag in base64url>` by AES-256-GCM, `boundTo` authenticated with it. */
export function createTextSealer({ purpose, key, accepted = [] }: TextSealerOptions): TextSealer {
  const fingerprint = (each: Buffer) => fingerprintOf(each, purpose);
  const keyId = fingerprint(key);
  const known = new Map([...accepted, key].map((each) => [fingerprint(each), each]));
  return {
    seal(plain, boundTo) {
      const iv = randomBytes(ivBytes);
      const sealing = createCipheriv(cipher, key, iv).setAAD(Buffer.from(boundTo));
      const text = Buffer.concat([iv, sealing.update(plain), sealing.final(), sealing.getAuthTag()]);
      return `${keyId}.${text.toString('base64url')}`;
    },
    open(sealed, boundTo) {
      const [id = '', text = ''] = sealed.split('.');
      const sealingKey = known.get(id);
      if (sealingKey === undefined) throw new Error(`sealed under another ${purpose} key (${id})`);
      const bytes = Buffer.from(text, 'base64url');
      const opening = createDecipheriv(cipher, sealingKey, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      })
        .setAAD(Buffer.from(boundTo))
        .setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([opening.update(bytes.subarray(ivBytes, -tagBytes)), opening.final()]).toString();
    },
  };
}

function fingerprintOf(key: Buffer, purpose: string): string {
  return createHash('sha256').update(`4runr ${purpose} key id\0`).update(key).digest('base64url').slice(0, 8);
}
