import {
  type ClientAssertionAlgorithm,
  clientAssertionAlgorithms,
  dpopProofType,
} from '@4runr/contracts/token';
import { calculateJwkThumbprint, type CryptoKey as ImportedKey, importJWK } from 'jose';
import * as z from 'zod';
import { makeRoom } from '../bounded-memory/make-room.ts';
import { parsePublicKey } from '../public-key/index.ts';
import { DpopError, type DpopFault } from './dpop-error.ts';

/** What the header of a proof says: the key that its signature must be of, and how that is made. */
export interface ProofHeader {
  readonly algorithm: ClientAssertionAlgorithm;
  readonly key: ImportedKey | Uint8Array;
  /** Thumbprint of the key (RFC 7638 with SHA-256). */
  readonly jkt: string;
}

/** How many headers are remembered: a client's are all the same, and reading a key costs about as much as using it. */
const rememberedMax = 1_000;

/**
 * Makes the reading of headers (RFC 9449 section 4.2): `typ`, an asymmetric algorithm, a public key of acceptable strength
 * and nothing private.
 *
 * @throws DpopError from the reading
 */
export function createProofHeaderReader(): (segment: string) => Promise<ProofHeader> {
  const remembered = new Map<string, ProofHeader>();
  return async (segment) => {
    const known = remembered.get(segment);
    if (known !== undefined) return known;
    const header = await readProofHeader(segment);
    makeRoom(remembered, rememberedMax);
    remembered.set(segment, header);
    return header;
  };
}

const headerSchema = z.object({
  typ: z.literal(dpopProofType),
  alg: z.enum(clientAssertionAlgorithms),
  jwk: z.record(z.string(), z.unknown()),
  crit: z.undefined().optional(),
  b64: z.undefined().optional(),
});

const faultOf: Readonly<Record<string, DpopFault>> = { typ: 'type', alg: 'algorithm', jwk: 'key' };

/** Types of the keys that can make signatures of an algorithm. */
const keyTypeOf: Readonly<Record<ClientAssertionAlgorithm, 'RSA' | 'EC' | 'OKP'>> = {
  RS256: 'RSA',
  PS256: 'RSA',
  ES256: 'EC',
  EdDSA: 'OKP',
  Ed25519: 'OKP',
};

async function readProofHeader(segment: string): Promise<ProofHeader> {
  const parsed = headerSchema.safeParse(parseJsonSegment(segment));
  if (!parsed.success) {
    const member = String(parsed.error.issues[0]?.path[0] ?? 'header');
    throw new DpopError(
      faultOf[member] ?? 'form',
      `The header of the DPoP proof is not acceptable: ${member}`,
    );
  }
  const { alg, jwk } = parsed.data;
  const { key, errors } = { key: undefined, errors: undefined, ...parsePublicKey(jwk) };
  if (key === undefined) {
    const { pointer, detail } = errors?.[0] ?? { pointer: '', detail: 'is not usable' };
    throw new DpopError('key', `The jwk of the DPoP proof is not acceptable: ${pointer} ${detail}`);
  }
  const isOfAlgorithm = key.alg === undefined || key.alg === alg || key.material.kty === 'OKP';
  if (key.material.kty !== keyTypeOf[alg] || !isOfAlgorithm) {
    throw new DpopError('key', 'The jwk of the DPoP proof is not one of its algorithm');
  }
  return {
    algorithm: alg,
    key: await importJWK(key.material, alg),
    jkt: await calculateJwkThumbprint(key.material),
  };
}

/** The JSON of a segment of a compact JWS; `undefined` where it holds none. */
export function parseJsonSegment(segment: string): unknown {
  try {
    return JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
