import { isIP } from 'node:net';
import { headers } from '@4runr/contracts/headers';
import type { Request } from 'express';
import { ProblemError } from '../errors/index.ts';
import type { TokenScheme } from './challenges.ts';

/** What of a request says who makes it. */
export interface PresentedToken {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** Every `DPoP` header (RFC 9449); there may be one at most. */
  readonly dpop: readonly string[];
  readonly method: string;
  /** Path of the request as it was sent, without its query. */
  readonly path: string;
  /** Where the request comes from, as the edge saw it; for the log. */
  readonly address?: string | undefined;
  /** Tells the client, with whatever it is answered, which nonce its next proof has to carry. */
  offerNonce(nonce: string): void;
}

export function presentedToken(request: Request): PresentedToken {
  return {
    authorization: request.headers.authorization,
    dpop: request.headersDistinct.dpop ?? [],
    method: request.method,
    path: request.originalUrl.replace(/\?.*$/s, ''),
    address: addressOf(request),
    offerNonce: (nonce) => void request.res?.set(headers.dpopNonce, nonce),
  };
}

function addressOf(request: Request): string | undefined {
  const address = request.get('x-forwarded-for');
  return address !== undefined && isIP(address) !== 0 ? address : undefined;
}

/** Scheme under which a token is presented; anything but DPoP is answered as a bearer token would be. */
export function schemeOf({ authorization = '' }: PresentedToken): TokenScheme {
  return /^DPoP(?: |$)/i.test(authorization) ? 'DPoP' : 'Bearer';
}

const tokenForm = /^(?:Bearer|DPoP) +([\w\-.~+/]+=*)$/i;

/**
 * The token of an `Authorization` header of scheme Bearer or DPoP (RFC 6750 section 2.1, RFC 9449 section 7.1).
 *
 * @throws ProblemError `token.missing` without the header, `token.invalid` with another scheme or form
 */
export function tokenOf({ authorization }: PresentedToken): string {
  if (authorization === undefined || authorization === '') throw new ProblemError('token.missing');
  const token = tokenForm.exec(authorization)?.[1];
  if (token !== undefined) return token;
  throw new ProblemError('token.invalid', {
    detail: 'The Authorization header carries neither a bearer token nor a DPoP-bound one.',
  });
}
