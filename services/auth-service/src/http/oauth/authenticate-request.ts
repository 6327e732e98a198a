import type { Request } from 'express';
import { decodeJwt } from 'jose';
import {
  authenticateClient,
  type ClientAuthenticationParts,
  type ClientCredentials,
} from '../../domain/authenticate-client.ts';
import type { Client } from '../../domain/client.ts';
import { OAuthError } from '../../domain/oauth-error.ts';
import type { RateLimits } from '../../domain/rate-limits.ts';
import { clientAddress } from './client-address.ts';

export interface RequestAuthenticationParts extends ClientAuthenticationParts {
  readonly rateLimits: RateLimits;
}

/**
 * Authenticates the client of a request to an OAuth endpoint, within the limit of failures.
 *
 * @throws OAuthError `invalid_client`, `temporarily_unavailable` (429)
 */
export async function authenticateRequest(
  parts: RequestAuthenticationParts,
  request: Request,
  credentials: ClientCredentials,
): Promise<Client> {
  const { rateLimits } = parts;
  const asker = { namedClient: namedClientOf(credentials), address: clientAddress(request) };
  await rateLimits.assertFewFailures(asker);
  try {
    return await authenticateClient(parts, credentials);
  } catch (error) {
    if (error instanceof OAuthError && error.code === 'invalid_client') await rateLimits.countFailure(asker);
    throw error;
  }
}

/** Whom the credentials are said to be of; what names nobody counts as one client. */
function namedClientOf(credentials: ClientCredentials): string {
  if (credentials.method === 'client_secret_basic') return credentials.clientId;
  try {
    return String(decodeJwt(credentials.clientAssertion).sub ?? '');
  } catch {
    return '';
  }
}
