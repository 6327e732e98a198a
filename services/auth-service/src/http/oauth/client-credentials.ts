import { clientAssertionType } from '@4runr/contracts/token';
import type { ClientCredentials } from '../../domain/authenticate-client.ts';
import { invalidRequest, OAuthError } from '../../domain/oauth-error.ts';
import type { Form } from './form-body.ts';

/** The header that a client may authenticate by. */
export interface ClientCredentialsHeaders {
  readonly authorization?: string | undefined;
}

/**
 * Reads how a client authenticates: the same at every OAuth endpoint (RFC 6749 section 2.3).
 *
 * @throws OAuthError `invalid_request` for several ways at once, `invalid_client` for none or one that is not offered
 */
export function parseClientCredentials(
  form: Form,
  { authorization }: ClientCredentialsHeaders,
): ClientCredentials {
  const assertion = form.get('client_assertion');
  if (authorization !== undefined) {
    if (assertion !== undefined) throw invalidRequest('More than one way of client authentication was used');
    throw unsupportedAuthentication(authorization.split(' ', 1)[0]);
  }
  if (form.has('client_secret')) throw unsupportedAuthentication();
  if (assertion === undefined) {
    throw new OAuthError('invalid_client', 'Client authentication is required: private_key_jwt', {
      reason: 'malformed',
    });
  }
  if (form.get('client_assertion_type') !== clientAssertionType) {
    throw invalidRequest(`client_assertion_type must be ${clientAssertionType}`);
  }
  return { clientAssertion: assertion, clientId: form.get('client_id') };
}

function unsupportedAuthentication(scheme?: string): OAuthError {
  return new OAuthError('invalid_client', 'Clients authenticate by private_key_jwt', {
    reason: 'unsupported',
    ...(scheme !== undefined && /^[\w-]{1,32}$/.test(scheme) ? { challenge: scheme } : {}),
  });
}
