import { hash } from 'node:crypto';
import {
  type DpopProofClaims,
  dpopProofBytesMax,
  dpopProofClaimsSchema,
  dpopProofSkewSeconds,
} from '@4runr/contracts/token';
import { compactVerify, errors } from 'jose';
import { isCompactJws } from '../jws/index.ts';
import { DpopError } from './dpop-error.ts';
import { createProofHeaderReader, type ProofHeader, parseJsonSegment } from './proof-header.ts';
import { normalizeTarget } from './target.ts';

/** The request that a proof has to be made for. */
export interface ProvenRequest {
  /** Values of all the `DPoP` headers. */
  readonly proofs: readonly string[];
  readonly method: string;
  /** As the client wrote it; a query is left out of account. */
  readonly path: string;
  /** The access token that comes with the proof; none at the token endpoint. */
  readonly accessToken?: string | undefined;
}

/** A proof that is right for its request; whether its nonce is fresh and its `jti` new is not known yet. */
export interface CheckedProof {
  /** Thumbprint of the key that signed it. */
  readonly jkt: string;
  readonly jti: string;
  readonly iat: number;
  readonly nonce: string | undefined;
}

/**
 * Makes the check of proofs by everything in RFC 9449 section 4.3 that needs no memory.
 *
 * @param baseUrls by which clients reach the gateway; the request's path is appended to each
 * @param clock milliseconds since the epoch
 * @throws DpopError from the check
 */
export function createProofCheck(
  baseUrls: readonly string[],
  clock: () => number,
): (request: ProvenRequest) => Promise<CheckedProof> {
  const readHeader = createProofHeaderReader();
  return async (request) => {
    const proof = singleProof(request.proofs);
    const [headerSegment = '', payloadSegment = ''] = proof.split('.', 2);
    const header = await readHeader(headerSegment);
    await assertSignature(proof, header);
    const claims = readClaims(payloadSegment);
    assertMethod(claims, request.method);
    assertTarget(claims, baseUrls, request.path);
    assertTime(claims, clock() / 1_000);
    assertTokenHash(claims, request.accessToken);
    const { jti, iat, nonce } = claims;
    return { jkt: header.jkt, jti, iat, nonce };
  };
}

function singleProof(proofs: readonly string[]): string {
  const [proof, ...others] = proofs;
  if (proof === undefined) throw new DpopError('missing', 'A DPoP proof is required');
  if (others.length > 0) throw new DpopError('several', 'There is more than one DPoP header');
  if (proof.length > dpopProofBytesMax || !isCompactJws(proof)) {
    throw new DpopError('form', 'The DPoP proof is not a signed JWT of acceptable size');
  }
  return proof;
}

async function assertSignature(proof: string, { key, algorithm }: ProofHeader): Promise<void> {
  try {
    await compactVerify(proof, key, { algorithms: [algorithm] });
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError)) throw cause;
    throw new DpopError('signature', 'The signature of the DPoP proof is not one of its jwk', { cause });
  }
}

function readClaims(segment: string): DpopProofClaims {
  const parsed = dpopProofClaimsSchema.safeParse(parseJsonSegment(segment));
  if (parsed.success) return parsed.data;
  const claim = String(parsed.error.issues[0]?.path[0] ?? 'payload');
  throw new DpopError('claims', `The DPoP proof lacks an acceptable claim: ${claim}`);
}

function assertMethod({ htm }: DpopProofClaims, method: string): void {
  if (htm !== method) throw new DpopError('method', 'htm of the DPoP proof is not the method of the request');
}

function assertTarget({ htu }: DpopProofClaims, baseUrls: readonly string[], path: string): void {
  const target = normalizeTarget(htu);
  const isOurs =
    target !== undefined && baseUrls.some((baseUrl) => normalizeTarget(`${baseUrl}${path}`) === target);
  if (!isOurs) throw new DpopError('target', 'htu of the DPoP proof is not the URL of the request');
}

function assertTime({ iat, exp, nbf }: DpopProofClaims, now: number): void {
  if (Math.abs(iat - now) > dpopProofSkewSeconds) {
    throw new DpopError('time', `iat of the DPoP proof is over ${dpopProofSkewSeconds} s away`);
  }
  if (exp !== undefined && exp + dpopProofSkewSeconds <= now) {
    throw new DpopError('time', 'The DPoP proof has expired');
  }
  if (nbf !== undefined && nbf - dpopProofSkewSeconds > now) {
    throw new DpopError('time', 'The DPoP proof is not valid yet');
  }
}

function assertTokenHash({ ath }: DpopProofClaims, accessToken: string | undefined): void {
  if (accessToken === undefined || ath === hash('sha256', accessToken, 'base64url')) return;
  throw new DpopError('token_hash', 'ath of the DPoP proof is not the hash of the access token');
}
