import * as z from 'zod';

/** Longest life of an access token, in seconds: what any client may be registered with. */
const tokenTtlSecondsMax = 3_600;

/** How much longer than the tokens concerned a revocation is kept, in seconds: clocks differ, and verifiers allow for it. */
const skewSeconds = 60;

/** How long a revocation matters at most, in seconds: every token of before has expired then. */
export const revocationLifeSecondsMax = tokenTtlSecondsMax + skewSeconds;

/** One token, by its `jti`, and every token that was exchanged for it (`parents`). */
export interface TokenRevocation {
  readonly kind: 'token';
  readonly jti: string;
  /** Until when the revocation matters, in seconds since the epoch. */
  readonly exp: number;
}

/** Every token of a client whose `epoch` is below this one, be the client its subject or one of its actors. */
export interface ClientRevocation {
  readonly kind: 'client';
  /** `sub` of the client's tokens. */
  readonly sub: string;
  readonly epoch: number;
  /** Until when the revocation matters, in seconds since the epoch. */
  readonly exp: number;
}

export type Revocation = TokenRevocation | ClientRevocation;

/** Revokes a token; matters as long as any verifier may take it for alive. */
export function revokeToken({ jti, exp }: { readonly jti: string; readonly exp: number }): TokenRevocation {
  return { kind: 'token', jti, exp: exp + skewSeconds };
}

/** Revokes the tokens that a client got before its epoch was raised to `epoch` at `atMs`, milliseconds since the epoch. */
export function revokeClient(client: {
  readonly sub: string;
  readonly epoch: number;
  readonly atMs: number;
}): ClientRevocation {
  const exp = Math.ceil(client.atMs / 1_000) + revocationLifeSecondsMax;
  return { kind: 'client', sub: client.sub, epoch: client.epoch, exp };
}

/**
 * A revocation as the list and the feed hold it: the name of a field, and JSON. A reader that does not understand one accepts
 * no token until its `exp`, which every kind has: a new kind is to be understood by readers a release before it is written.
 */
export interface RevocationEntry {
  readonly field: string;
  readonly value: string;
}

const valueSchemas = {
  token: z.object({ exp: z.int() }),
  client: z.object({ epoch: z.int().min(0), exp: z.int() }),
};

export function toRevocationEntry(revocation: Revocation): RevocationEntry {
  const { exp } = revocation;
  return revocation.kind === 'token'
    ? { field: `token:${revocation.jti}`, value: JSON.stringify({ exp }) }
    : { field: `client:${revocation.sub}`, value: JSON.stringify({ epoch: revocation.epoch, exp }) };
}

/** @throws SyntaxError, ZodError or RangeError when the entry is none of this contract */
export function parseRevocationEntry({ field, value }: RevocationEntry): Revocation {
  const colon = field.indexOf(':');
  const [kind, id] = [field.slice(0, colon), field.slice(colon + 1)];
  if (id === '') throw new RangeError('the entry names nobody');
  if (kind === 'token') return { kind, jti: id, ...valueSchemas.token.parse(JSON.parse(value)) };
  if (kind === 'client') return { kind, sub: id, ...valueSchemas.client.parse(JSON.parse(value)) };
  throw new RangeError(`there is no revocation of the kind ${JSON.stringify(kind)}`);
}
