import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { ParamsError } from '@4runr/contracts/problem';
import * as z from 'zod';
import { toJsonPointer } from '../http/parse-body.ts';

/** A public key that somebody else made: what it calls itself, and the members that make it up. */
export interface ReadPublicKey {
  readonly kid: string | undefined;
  readonly alg: string | undefined;
  readonly material: JsonWebKey & { readonly kty: 'RSA' | 'EC' | 'OKP' };
}

/** A key, or what is wrong with it; pointers are relative to the key. */
export type PublicKeyOutcome =
  | { readonly key: ReadPublicKey; readonly errors?: undefined }
  | { readonly errors: readonly ParamsError[] };

/**
 * Reads a public key from untrusted JSON: RSA of 2048 to 8192 bits with exponent 65537, EC on P-256, Ed25519. Everything
 * that takes keys from outside takes the same ones, and a private or symmetric member is never taken.
 */
export function parsePublicKey(jwk: Readonly<Record<string, unknown>>): PublicKeyOutcome {
  const leaked = privateMembers.filter((member) => Object.hasOwn(jwk, member));
  if (leaked.length > 0) return faults(leaked, 'is a private or symmetric member; send public keys only');
  const shape = publicMembersSchema.safeParse(jwk);
  if (!shape.success) {
    return {
      errors: shape.error.issues.map(({ path, message }) => ({
        pointer: toJsonPointer(path),
        detail: message,
      })),
    };
  }
  const { kid, alg, use: _use, key_ops: _keyOps, ...material } = shape.data;
  const weakness = describeWeakness(material);
  if (weakness !== undefined) return faults([weakness.member], weakness.detail);
  return { key: { kid, alg, material } };
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const;

const base64url = z
  .string()
  .max(2_048)
  .regex(/^[\w-]+$/, 'is not base64url');
const shared = {
  /** Printable, because it comes back in headers of tokens and in logs. */
  kid: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'is not 1 to 128 printable ASCII characters')
    .optional(),
  use: z.literal('sig', { error: 'must be sig' }).optional(),
  key_ops: z
    .custom((value) => isDeepStrictEqual(value, ['verify']), { error: 'must be ["verify"]' })
    .optional(),
};
const publicMembersSchema = z.discriminatedUnion(
  'kty',
  [
    z.object({
      ...shared,
      kty: z.literal('RSA'),
      alg: z.enum(['RS256', 'PS256'], { error: 'must be RS256 or PS256' }).optional(),
      n: base64url,
      e: z.literal('AQAB', { error: 'must be AQAB (65537)' }),
    }),
    z.object({
      ...shared,
      kty: z.literal('EC'),
      alg: z.literal('ES256', { error: 'must be ES256' }).optional(),
      crv: z.literal('P-256', { error: 'must be P-256' }),
      x: base64url,
      y: base64url,
    }),
    z.object({
      ...shared,
      kty: z.literal('OKP'),
      alg: z.enum(['EdDSA', 'Ed25519'], { error: 'must be EdDSA or Ed25519' }).optional(),
      crv: z.literal('Ed25519', { error: 'must be Ed25519' }),
      x: base64url,
    }),
  ],
  { error: 'must be RSA, EC or OKP' },
);

const rsaBits = { min: 2_048, max: 8_192 };

/** What is wrong with key material that looks right: a point off the curve, a modulus of the wrong size. */
function describeWeakness(
  material: JsonWebKey & { kty: string },
): { member: string; detail: string } | undefined {
  const key = importKey(material);
  if (key === undefined) return { member: '', detail: 'is not a usable key' };
  if (material.kty !== 'RSA') return undefined;
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < rsaBits.min || bits > rsaBits.max) {
    return {
      member: 'n',
      detail: `has ${bits} bits; RSA keys of ${rsaBits.min} to ${rsaBits.max} bits are taken`,
    };
  }
  const isEven = ((Buffer.from(material.n ?? '', 'base64url').at(-1) ?? 0) & 1) === 0;
  return isEven ? { member: 'n', detail: 'is even, so it is no RSA modulus' } : undefined;
}

function importKey(material: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: material, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function faults(members: readonly string[], detail: string): PublicKeyOutcome {
  return { errors: members.map((member) => ({ pointer: member === '' ? '' : `/${member}`, detail })) };
}
