import { clientAssertionType, clientIdSchema } from '@4runr/contracts/token';
import type { ClientCredentials } from '../../domain/authenticate-client.ts';
import { invalidRequest, OAuthError, type OAuthErrorOptions } from '../../domain/oauth-error.ts';
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
  const ways = [authorization, form.get('client_assertion'), form.get('client_secret')];
  if (ways.filter((way) => way !== undefined).length > 1) {
    throw invalidRequest('More than one way of client authentication was used');
  }
  if (authorization !== undefined) return parseBasicCredentials(authorization, form.get('client_id'));
  if (form.has('client_secret')) throw refuse(`${offered}; a secret in the body is not taken`, 'unsupported');
  return parseAssertionCredentials(form);
}

const offered = 'Clients authenticate by private_key_jwt or client_secret_basic';

function parseAssertionCredentials(form: Form): ClientCredentials {
  const clientAssertion = form.get('client_assertion');
  if (clientAssertion === undefined)
    throw refuse(`Client authentication is required: ${offered}`, 'malformed');
  if (form.get('client_assertion_type') !== clientAssertionType) {
    throw invalidRequest(`client_assertion_type must be ${clientAssertionType}`);
  }
  return { method: 'private_key_jwt', clientAssertion, clientId: form.get('client_id') };
}

const basicForm = /^Basic +([\w\-+/]+={0,2})$/i;

/** Id and secret are form-encoded each, then joined by a colon (RFC 6749 section 2.3.1). */
function parseBasicCredentials(authorization: string, named: string | undefined): ClientCredentials {
  const scheme = authorization.split(' ', 1)[0] ?? '';
  if (scheme.toLowerCase() !== 'basic') {
    throw refuse(offered, 'unsupported', /^[\w-]{1,32}$/.test(scheme) ? { challenge: scheme } : {});
  }
  const text = Buffer.from(basicForm.exec(authorization)?.[1] ?? '', 'base64').toString('utf8');
  const [, encodedId = '', encodedSecret = ''] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  const clientId = clientIdSchema.safeParse(formDecode(encodedId)).data;
  const clientSecret = formDecode(encodedSecret);
  if (clientId === undefined || clientSecret === undefined) {
    throw refuse('The Authorization header does not hold a client id and a secret', 'malformed', basic);
  }
  if (named !== undefined && named !== clientId) {
    const options = { ...basic, clientId };
    throw refuse('client_id names another client than the Authorization header', 'claims', options);
  }
  return { method: 'client_secret_basic', clientId, clientSecret };
}

const basic = { challenge: 'Basic' };

/** `undefined` for text that no form encodes. */
function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function refuse(
  description: string,
  reason: OAuthErrorOptions['reason'],
  options: Omit<OAuthErrorOptions, 'reason'> = {},
): OAuthError {
  return new OAuthError('invalid_client', description, { reason, ...options });
}
