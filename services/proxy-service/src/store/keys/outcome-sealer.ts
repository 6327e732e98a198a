import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import { problemSchema } from '@4runr/contracts/problem';
import * as z from 'zod';
import type { KeptOutcome } from '../../domain/keyed-call.ts';

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

const keptOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('completed'), result: z.unknown() }),
  z.object({
    kind: z.literal('failed'),
    problem: z.object({
      code: problemSchema.shape.code,
      detail: z.string().optional(),
      extensions: problemSchema.pick({
        errors: true,
        reason: true,
        dispatched: true,
        upstreamStatus: true,
      }),
    }),
  }),
]);

/** In place of an outcome that is not kept: there is nothing to hide. */
export const unkept = '-';

/**
 * Encrypts an outcome by AES-256-GCM under the secret of its key: nobody who reads Redis can open it without the key.
 *
 * @returns IV, ciphertext and tag in base64
 * @throws RangeError for what no writer of JSON has the stack for
 */
export function sealOutcome(outcome: KeptOutcome, secret: Buffer): string {
  const iv = randomBytes(ivBytes);
  const sealing = createCipheriv(cipher, secret, iv);
  const parts = [iv, sealing.update(JSON.stringify(outcome)), sealing.final(), sealing.getAuthTag()];
  return Buffer.concat(parts).toString('base64');
}

/** @throws Error when it was sealed for another key, tampered with, or by another version */
export function openOutcome(sealed: string, secret: Buffer): KeptOutcome {
  if (sealed === unkept) return { kind: 'unkept' };
  const bytes = Buffer.from(sealed, 'base64');
  const opening = createDecipheriv(cipher, secret, bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  }).setAuthTag(bytes.subarray(-tagBytes));
  const plain = Buffer.concat([opening.update(bytes.subarray(ivBytes, -tagBytes)), opening.final()]);
  return keptOutcomeSchema.parse(JSON.parse(plain.toString())) as KeptOutcome;
}

/** What a key was used for, as it is compared: of the request itself nothing can be told by it. */
export function digestRequest(request: string, secret: Buffer): string {
  return hash('sha256', `${secret.toString('base64url')} ${request}`, 'base64url');
}
