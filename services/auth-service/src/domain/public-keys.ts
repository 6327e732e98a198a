import type { ParamsError } from '@4runr/contracts/problem';
import type { PublicJwk } from '@4runr/contracts/token';
import { parsePublicKey } from '@4runr/service-kit/public-key';
import { calculateJwkThumbprint } from 'jose';

/** Keys of a client, or all that is wrong with them. */
export type PublicKeysOutcome =
  | { readonly keys: readonly PublicJwk[]; readonly errors?: undefined }
  | { readonly keys?: undefined; readonly errors: readonly ParamsError[] };

/** A key taken from untrusted JSON: the key, or what is wrong with it (pointers are relative to the key). */
export type KeyOutcome =
  | { readonly key: PublicJwk; readonly errors?: undefined }
  | { readonly errors: readonly ParamsError[] };

/**
 * Takes a client's public keys from untrusted JSON: RSA of 2048 to 8192 bits with exponent 65537, EC on P-256, Ed25519.
 * Only the members that make up the key are kept. A key without `kid` is given its thumbprint (RFC 7638).
 *
 * @param pointer where the array of keys stands in its document, for the faults
 */
export async function parsePublicKeys(
  jwks: readonly Readonly<Record<string, unknown>>[],
  pointer: string,
): Promise<PublicKeysOutcome> {
  const keys: PublicJwk[] = [];
  const thumbprints = new Set<string>();
  const errors: ParamsError[] = [];
  for (const [index, jwk] of jwks.entries()) {
    const outcome = await parseNewKey(jwk, { keys, thumbprints });
    if ('key' in outcome) keys.push(outcome.key);
    else
      errors.push(
        ...outcome.errors.map((error) => ({ ...error, pointer: `${pointer}/${index}${error.pointer}` })),
      );
  }
  return errors.length > 0 ? { errors } : { keys };
}

/** Takes a single public key, as `parsePublicKeys` takes each of many. Pointers are relative to the key. */
export function parseSinglePublicKey(jwk: Readonly<Record<string, unknown>>): Promise<KeyOutcome> {
  return parseNewKey(jwk, { keys: [], thumbprints: new Set() });
}

async function parseNewKey(
  jwk: Readonly<Record<string, unknown>>,
  seen: { keys: readonly PublicJwk[]; thumbprints: Set<string> },
): Promise<KeyOutcome> {
  const outcome = parsePublicKey(jwk);
  if (outcome.errors !== undefined) return { errors: outcome.errors };
  const { kid, alg, material } = outcome.key;
  const thumbprint = await calculateJwkThumbprint(material);
  const ownKid = kid ?? thumbprint;
  if (seen.thumbprints.has(thumbprint)) return fault('', 'is the same key as one before it');
  if (seen.keys.some((key) => key.kid === ownKid)) return fault('/kid', 'is the kid of a key before it');
  seen.thumbprints.add(thumbprint);
  return { key: { kid: ownKid, ...(alg === undefined ? {} : { alg }), ...material } };
}

function fault(pointer: string, detail: string): KeyOutcome {
  return { errors: [{ pointer, detail }] };
}
