import type { Request, RequestHandler, Response } from 'express';
import * as z from 'zod';
import { accessTokenTtlSeconds, type Grant, issueAccessToken, scopesOf } from './access-tokens.ts';

const refreshRequestSchema = z.object({
  grant_type: z.string(),
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  refresh_token: z.string().min(1),
});

/** The client id, secret or refresh token that Google does not know, or does not any more; any other will do. */
const unknown = 'invalid';

/** The refresh token of a mailbox that was given for sending alone; any other may read its profile too. */
const sendsOnly = 'send-only';

/**
 * Gives an access token for a refresh token
 * (https://developers.google.com/identity/protocols/oauth2/web-server#offline, read 2026-11-24).
 */
export const refreshToken: RequestHandler = (request, response) => {
  const read = refreshRequestSchema.safeParse(request.body ?? {});
  if (!read.success) {
    const missing = read.error.issues[0]?.path.join('.');
    return refuse(response, 400, 'invalid_request', `Missing required parameter: ${missing}`);
  }
  const {
    grant_type: grantType,
    client_id: clientId,
    client_secret: secret,
    refresh_token: token,
  } = read.data;
  if (grantType !== 'refresh_token')
    return refuse(response, 400, 'unsupported_grant_type', `Invalid grant_type: ${grantType}`);
  if (clientId === unknown) return refuse(response, 401, 'invalid_client', 'The OAuth client was not found.');
  if (secret === unknown) return refuse(response, 401, 'invalid_client', 'Unauthorized');
  if (token === unknown) return refuse(response, 400, 'invalid_grant', 'Token has been expired or revoked.');
  const grant: Grant = token === sendsOnly ? 'send' : 'all';
  response.set('Cache-Control', 'no-store').json({
    access_token: issueAccessToken(grant, Date.now()),
    expires_in: accessTokenTtlSeconds,
    scope: scopesOf[grant].join(' '),
    token_type: 'Bearer',
  });
};

/** The refresh token of a request to the token endpoint; no other request shows one. */
export function refreshTokenOf({ body }: Request): string | undefined {
  return refreshRequestSchema.safeParse(body ?? {}).data?.refresh_token;
}

/** The form of RFC 6749 section 5.2. */
function refuse(response: Response, status: number, error: string, description: string): void {
  response.status(status).json({ error, error_description: description });
}
