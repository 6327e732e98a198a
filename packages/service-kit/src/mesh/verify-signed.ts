import type * as z from 'zod';
import { ProblemError } from '../errors/index.ts';
import { isSignedBy, parseCompact } from './compact-jws.ts';
import type { MeshKeyring } from './mesh-keys.ts';

/** Difference between two clocks of the mesh that is tolerated, in seconds. */
export const skewSeconds = 5;

interface TimedClaims {
  readonly iss: string;
  readonly iat: number;
  readonly exp: number;
}

/**
 * Verifies the signature, type, form and times of a token made by a pairwise key, and says which key that was. Whom it is
 * for and what it allows is the caller's to check.
 *
 * @throws ProblemError `token.invalid`, `token.expired`
 */
export function verifySigned<T extends TimedClaims>(
  keyring: MeshKeyring,
  token: string,
  expected: { type: string; schema: z.ZodType<T>; ttlSeconds: number; clock: () => number },
): { readonly claims: T; readonly kid: string } {
  const parsed = parseCompact(token);
  if (parsed === undefined || parsed.header.typ !== expected.type) throw new ProblemError('token.invalid');
  const claims = expected.schema.safeParse(parsed.claims);
  if (!claims.success) throw new ProblemError('token.invalid');
  const key = keyring.verifyingKey(claims.data.iss, parsed.header.kid);
  if (key === undefined || !isSignedBy(parsed, key)) throw new ProblemError('token.invalid');
  assertTimes(claims.data, expected.ttlSeconds, nowSeconds(expected.clock));
  return { claims: claims.data, kid: parsed.header.kid };
}

function assertTimes(claims: TimedClaims, ttlSeconds: number, now: number): void {
  if (claims.exp - claims.iat > ttlSeconds || claims.iat > now + skewSeconds)
    throw new ProblemError('token.invalid');
  if (hasEnded(claims, now)) throw new ProblemError('token.expired');
}

/** Whether a token's time is over. @param now seconds since the epoch */
export function hasEnded({ exp }: { readonly exp: number }, now: number): boolean {
  return exp + skewSeconds <= now;
}

export function nowSeconds(clock: () => number): number {
  return Math.floor(clock() / 1_000);
}
