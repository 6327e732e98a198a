import {
  type MeshTokenClaims,
  meshTokenClaimsSchema,
  meshTokenTtlSeconds,
  meshTokenType,
  type ServiceName,
} from '@4runr/contracts/mesh';
import { makeRoom } from '../bounded-memory/make-room.ts';
import { ProblemError } from '../errors/index.ts';
import { signCompact } from './compact-jws.ts';
import type { MeshKeyring } from './mesh-keys.ts';
import { hasEnded, nowSeconds, verifySigned } from './verify-signed.ts';

/** Gives the mesh token for an audience; made anew when less than half of its life is left. */
export type MeshTokenSource = (audience: ServiceName) => string;

export function createMeshTokenSource(keyring: MeshKeyring, clock: () => number = Date.now): MeshTokenSource {
  const cached = new Map<ServiceName, { token: string; renewAtSeconds: number }>();
  return (audience) => {
    const now = nowSeconds(clock);
    const held = cached.get(audience);
    if (held !== undefined && now < held.renewAtSeconds) return held.token;
    const token = signMeshToken(keyring, audience, now);
    cached.set(audience, { token, renewAtSeconds: now + meshTokenTtlSeconds / 2 });
    return token;
  };
}

function signMeshToken(keyring: MeshKeyring, audience: ServiceName, now: number): string {
  const { kid, key } = keyring.signingKey(audience);
  const claims: MeshTokenClaims = {
    iss: keyring.self,
    aud: audience,
    iat: now,
    exp: now + meshTokenTtlSeconds,
  };
  return signCompact({ typ: meshTokenType, kid }, claims, key);
}

/** Which service of the mesh calls, and the generation of the pairwise key that it has shown to hold. */
export interface MeshCaller {
  readonly service: ServiceName;
  readonly kid: string;
}

/**
 * Checks a mesh token that was sent to this service and answers with its claims.
 *
 * @throws ProblemError `token.invalid`, `token.expired`
 */
export function verifyMeshToken(
  keyring: MeshKeyring,
  token: string,
  clock: () => number = Date.now,
): MeshTokenClaims {
  return verifyWithKey(keyring, token, clock).claims;
}

/** The caller that a mesh token proves. @throws ProblemError `token.invalid`, `token.expired` */
export type MeshCallerVerifier = (token: string) => MeshCaller;

/** How many verified tokens are remembered: a replica sends the same one for half a minute, so two of each caller's. */
const rememberedMax = 256;

/** Verifies each token once, and knows it again until it ends. */
export function createMeshCallerVerifier(
  keyring: MeshKeyring,
  clock: () => number = Date.now,
): MeshCallerVerifier {
  const remembered = new Map<string, { readonly caller: MeshCaller; readonly exp: number }>();
  return (token) => {
    const known = remembered.get(token);
    if (known !== undefined && !hasEnded(known, nowSeconds(clock))) return known.caller;
    const { claims, kid } = verifyWithKey(keyring, token, clock);
    const caller = { service: claims.iss, kid };
    // Whatever has ended is the oldest.
    makeRoom(remembered, rememberedMax);
    remembered.set(token, { caller, exp: claims.exp });
    return caller;
  };
}

function verifyWithKey(
  keyring: MeshKeyring,
  token: string,
  clock: () => number,
): { claims: MeshTokenClaims; kid: string } {
  const verified = verifySigned(keyring, token, {
    type: meshTokenType,
    schema: meshTokenClaimsSchema,
    ttlSeconds: meshTokenTtlSeconds,
    clock,
  });
  if (verified.claims.aud !== keyring.self)
    throw new ProblemError('token.invalid', { detail: 'The token is for another service.' });
  return verified;
}
