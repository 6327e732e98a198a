import type { ClientCredentials } from '../../domain/authenticate-client.ts';
import { invalidRequest } from '../../domain/oauth-error.ts';
import { type ClientCredentialsHeaders, parseClientCredentials } from './client-credentials.ts';
import type { Form } from './form-body.ts';

/** A request about a token, of a client that has to authenticate. */
export interface PresentedTokenRequest {
  readonly credentials: ClientCredentials;
  readonly token: string;
}

/**
 * Reads a request of RFC 7009 section 2.1 or RFC 7662 section 2.1. `token_type_hint` would only say where to look first, and
 * there is one kind of token alone.
 *
 * @throws OAuthError `invalid_request`, `invalid_client`
 */
export function parsePresentedTokenRequest(
  form: Form,
  headers: ClientCredentialsHeaders,
): PresentedTokenRequest {
  const token = form.get('token');
  if (token === undefined) throw invalidRequest('token is required');
  return { credentials: parseClientCredentials(form, headers), token };
}
