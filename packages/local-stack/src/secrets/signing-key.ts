import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { writePrivateFile } from '../private-file.ts';

/** RSA, because every client library of OAuth can sign with it. */
const modulusBits = 2_048;

/** The private key in a file (PKCS#8 PEM, mode 600); made when there is none that can be read. */
export async function ensureSigningKey(file: string): Promise<KeyObject> {
  const kept = readKept(file);
  if (kept !== undefined) return kept;
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: modulusBits });
  writePrivateFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return privateKey;
}

/** The public half as a JWK Set. */
export function publicJwks(privateKey: KeyObject): { keys: JsonWebKey[] } {
  return { keys: [{ ...createPublicKey(privateKey).export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] };
}

function readKept(file: string): KeyObject | undefined {
  try {
    return createPrivateKey(readFileSync(file));
  } catch {
    return undefined;
  }
}
