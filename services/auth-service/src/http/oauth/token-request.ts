import type { TokenRequest } from '../../domain/issue-token.ts';
import { invalidRequest, OAuthError } from '../../domain/oauth-error.ts';
import { type ClientCredentialsHeaders, parseClientCredentials } from './client-credentials.ts';
import type { Form } from './form-body.ts';

/**
 * Reads a request for a token. What this server cannot do is refused by name, because a client that asked for it would
 * otherwise rely on it; parameters that no specification here knows are ignored (RFC 6749 section 3.2).
 *
 * @throws OAuthError `invalid_request`, `unsupported_grant_type`, `invalid_target`, `invalid_client`
 */
export function parseTokenRequest(
  form: Form,
  headers: ClientCredentialsHeaders,
  issuer: string,
): Omit<TokenRequest, 'proof'> {
  assertGrant(form);
  assertTarget(form, issuer);
  return { credentials: parseClientCredentials(form, headers), scope: form.get('scope') };
}

function assertGrant(form: Form): void {
  const grant = form.get('grant_type');
  if (grant === undefined) throw invalidRequest('grant_type is required');
  if (grant === 'client_credentials') return;
  throw new OAuthError('unsupported_grant_type', 'The only grant_type is client_credentials', {
    reason: 'unsupported',
  });
}

/** RFC 8707 section 2: the gateway itself is the one resource that tokens are for. */
function assertTarget(form: Form, issuer: string): void {
  const resource = form.get('resource');
  if (resource === undefined || resource === issuer) return;
  throw new OAuthError('invalid_target', `The only resource is ${issuer}`, { reason: 'unsupported' });
}
