import type { RequestHandler } from 'express';
import { introspectToken, type TokenIntrospectionParts } from '../../domain/introspect-token.ts';
import { authenticateRequest, type RequestAuthenticationParts } from './authenticate-request.ts';
import { parsePresentedTokenRequest } from './presented-token-request.ts';

/** `POST /oauth/introspect` (RFC 7662); its form has been read. */
export function introspectTokenHandler(
  parts: TokenIntrospectionParts & RequestAuthenticationParts,
): RequestHandler {
  return async (request, response) => {
    const { credentials, token } = parsePresentedTokenRequest(request.body, request.headers);
    const client = await authenticateRequest(parts, request, credentials);
    const body = await introspectToken(parts, { client, token });
    response.set('Cache-Control', 'no-store').json(body);
  };
}
