import type { Request } from 'express';

/** What of a request says who makes it. */
export interface PresentedToken {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** The `DPoP` header (RFC 9449). */
  readonly dpop: string | undefined;
  readonly method: string;
  /** Path of the request as it was sent, without its query. */
  readonly path: string;
}

export function presentedToken(request: Request): PresentedToken {
  return {
    authorization: request.headers.authorization,
    dpop: request.get('dpop'),
    method: request.method,
    path: request.originalUrl.replace(/\?.*$/s, ''),
  };
}
