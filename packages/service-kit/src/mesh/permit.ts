import { createHash } from 'node:crypto';
import type { Params } from '@4runr/contracts/call';
import { type PermitClaims, permitClaimsSchema, permitTtlSeconds, permitType } from '@4runr/contracts/mesh';
import canonicalize from 'canonicalize';
import { ProblemError } from '../errors/index.ts';
import { signCompact } from './compact-jws.ts';
import type { MeshKeyring } from './mesh-keys.ts';
import { nowSeconds, verifySigned } from './verify-signed.ts';

/** SHA-256 of the canonical parameters (RFC 8785), base64url without padding. */
export function hashParams(params: Params): string {
  return createHash('sha256')
    .update(canonicalize(params) ?? '')
    .digest('base64url');
}

/** What a permit is about; issuer and times are added when it is signed. */
export type PermitGrant = Omit<PermitClaims, 'iss' | 'iat' | 'exp'>;

/** Signs a permit with the pairwise key of policy-service and the adapter that `aud` names. */
export function signPermit(keyring: MeshKeyring, grant: PermitGrant, clock: () => number = Date.now): string {
  const { kid, key } = keyring.signingKey(grant.aud);
  const now = nowSeconds(clock);
  const claims: PermitClaims = { iss: 'policy-service', ...grant, iat: now, exp: now + permitTtlSeconds };
  return signCompact({ typ: permitType, kid }, claims, key);
}

/** The call that an adapter was asked to carry out. */
export interface PermitSubject {
  readonly scope: string;
  readonly callId: string;
  readonly params: Params;
}

/**
 * Checks that a permit was made for this adapter and for exactly this call.
 *
 * @throws ProblemError `token.invalid`, `token.expired` when it is no permit of ours; `policy.denied` when it is for
 * another adapter, scope, call or other parameters
 */
export function verifyPermit(
  keyring: MeshKeyring,
  permit: string,
  subject: PermitSubject,
  clock: () => number = Date.now,
): PermitClaims {
  const { claims } = verifySigned(keyring, permit, {
    type: permitType,
    schema: permitClaimsSchema,
    ttlSeconds: permitTtlSeconds,
    clock,
  });
  const mismatch = firstMismatch(claims, keyring.self, subject);
  if (mismatch !== undefined) {
    throw new ProblemError('policy.denied', { detail: `The permit is for another ${mismatch}.` });
  }
  return claims;
}

function firstMismatch(claims: PermitClaims, self: string, subject: PermitSubject): string | undefined {
  if (claims.aud !== self) return 'adapter';
  if (claims.scope !== subject.scope) return 'scope';
  if (claims.callId !== subject.callId) return 'call';
  if (claims.paramsSha256 !== hashParams(subject.params)) return 'set of parameters';
  return undefined;
}
