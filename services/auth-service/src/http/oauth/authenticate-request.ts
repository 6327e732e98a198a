import type { Request } from 'express';
import {
  type AuthenticatedClient,
  authenticateClient,
  type ClientAuthenticationParts,
  type ClientCredentials,
} from '../../domain/authenticate-client.ts';
import { OAuthError, type RefusalReason } from '../../domain/oauth-error.ts';
import type { RateLimits } from '../../domain/rate-limits.ts';
import { clientAddress } from './client-address.ts';

export interface RequestAuthenticationParts extends ClientAuthenticationParts {
  readonly rateLimits: RateLimits;
}

/**
 * Authenticates the client of a request to an OAuth endpoint. Right credentials always pass; wrong ones are told so within the
 * limit of failures, and beyond it that they are too many.
 *
 * @throws OAuthError `invalid_client`, `temporarily_unavailable` (429)
 */
export async function authenticateRequest(
  parts: RequestAuthenticationParts,
  request: Request,
  credentials: ClientCredentials,
): Promise<AuthenticatedClient> {
  try {
    return await authenticateClient(parts, credentials);
  } catch (error) {
    const namedClient = guessedClientOf(error);
    if (namedClient !== undefined)
      await parts.rateLimits.admitFailure({ namedClient, address: clientAddress(request) });
    throw error;
  }
}

/** What is refused for its form or claims proves nothing of the client that it names, and guesses at nothing. */
const guesses: ReadonlySet<RefusalReason> = new Set([
  'unknown_client',
  'suspended_client',
  'auth_method',
  'signature',
  'secret',
  'replay',
]);

/** As whom credentials that were looked at did not pass; `undefined` for any other failure. */
function guessedClientOf(error: unknown): string | undefined {
  return error instanceof OAuthError && guesses.has(error.reason) ? error.clientId : undefined;
}
