import {
  accessTokenTypeUri,
  type GrantType,
  grantTypes,
  tokenExchangeGrantType,
} from '@4runr/contracts/token';
import type { ClientCredentials } from '../../domain/authenticate-client.ts';
import type { TokenRequest } from '../../domain/issue-token.ts';
import { invalidRequest, OAuthError } from '../../domain/oauth-error.ts';
import { type ClientCredentialsHeaders, parseClientCredentials } from './client-credentials.ts';
import type { Form } from './form-body.ts';

/** What a form asks for, and how its client says who it is. */
export interface ParsedTokenRequest extends Omit<TokenRequest, 'client' | 'proof'> {
  readonly credentials: ClientCredentials;
}

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
): ParsedTokenRequest {
  const grant = parseGrantType(form);
  assertTarget(form, issuer);
  return {
    credentials: parseClientCredentials(form, headers),
    scope: form.get('scope'),
    subjectToken: grant === tokenExchangeGrantType ? parseSubjectToken(form) : undefined,
  };
}

function parseGrantType(form: Form): GrantType {
  const grant = form.get('grant_type');
  if (grant === undefined) throw invalidRequest('grant_type is required');
  const known = grantTypes.find((type) => type === grant);
  if (known !== undefined) return known;
  throw new OAuthError('unsupported_grant_type', `grant_type must be one of: ${grantTypes.join(', ')}`, {
    reason: 'unsupported',
  });
}

/**
 * RFC 8693 section 2.1. The client itself is the actor: authenticated as such, it needs no token to say so.
 *
 * @throws OAuthError `invalid_request`
 */
function parseSubjectToken(form: Form): string {
  const token = form.get('subject_token');
  if (token === undefined) throw invalidRequest('subject_token is required');
  assertTokenType(form, 'subject_token_type', { isRequired: true });
  assertTokenType(form, 'requested_token_type', { isRequired: false });
  if (form.has('actor_token') || form.has('actor_token_type')) {
    throw invalidRequest('The client that asks is the actor: actor_token is not supported', 'unsupported');
  }
  return token;
}

function assertTokenType(form: Form, name: string, { isRequired }: { isRequired: boolean }): void {
  const type = form.get(name);
  if (type === accessTokenTypeUri || (type === undefined && !isRequired)) return;
  throw invalidRequest(`${name} must be ${accessTokenTypeUri}`, 'unsupported');
}

/**
 * RFC 8707 section 2 and RFC 8693 section 2.1: the gateway itself is the one resource and audience of its tokens, however
 * often it is named. Many clients put the slash of an empty path behind it (RFC 3986 section 6.2.3).
 */
function assertTarget(form: Form, issuer: string): void {
  for (const name of ['resource', 'audience']) {
    if (form.getAll(name).every((target) => target === issuer || target === `${issuer}/`)) continue;
    throw new OAuthError('invalid_target', `The only ${name} is ${issuer}`, { reason: 'unsupported' });
  }
}
