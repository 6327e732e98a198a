import { ProblemError } from '../errors/index.ts';

const bearerForm = /^Bearer +([\w\-.~+/]+=*)$/i;

/**
 * The token of an `Authorization: Bearer` header (RFC 6750 section 2.1).
 *
 * @throws ProblemError `token.missing` without the header, `token.invalid` with another scheme or form
 */
export function readBearerToken(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw new ProblemError('token.missing', { headers: { 'WWW-Authenticate': 'Bearer realm="4runr"' } });
  }
  const token = bearerForm.exec(authorization)?.[1];
  if (token === undefined) throw invalidToken('The Authorization header does not carry a bearer token.');
  return token;
}

/** `token.invalid` with the challenge of RFC 6750 section 3. */
export function invalidToken(detail?: string, cause?: unknown): ProblemError {
  return new ProblemError('token.invalid', {
    ...(detail === undefined ? {} : { detail }),
    cause,
    headers: { 'WWW-Authenticate': 'Bearer realm="4runr", error="invalid_token"' },
  });
}
