import type { VerifyAssertion } from './assertion-signature.ts';
import type { Client, ClientDirectory } from './client.ts';
import { type ClientAssertion, parseClientAssertion } from './client-assertion.ts';
import { OAuthError, type RefusalReason } from './oauth-error.ts';

/** Remembers which assertions were used, across replicas. */
export interface ReplayGuard {
  /**
   * Marks an assertion as used.
   *
   * @returns whether it had not been used before
   * @throws when that cannot be known: then nobody may pass
   */
  use(assertion: ClientAssertion): Promise<boolean>;
}

/** How a client says who it is. */
export interface ClientCredentials {
  readonly clientAssertion: string;
  /** The `client_id` parameter; not needed beside an assertion, but it must not contradict it (RFC 7521 section 4.2). */
  readonly clientId: string | undefined;
}

export interface ClientAuthenticationParts {
  /** `PUBLIC_URL`. */
  readonly issuer: string;
  readonly clients: ClientDirectory;
  readonly verifyAssertion: VerifyAssertion;
  readonly replayGuard: ReplayGuard;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Authenticates a client by `private_key_jwt` (RFC 7523 section 2.2). Unknown clients, suspended ones and wrong keys get
 * the same answer after about the same time. An assertion counts as used only once its signature has proved right.
 *
 * @throws OAuthError `invalid_client`
 */
export async function authenticateClient(
  parts: ClientAuthenticationParts,
  credentials: ClientCredentials,
): Promise<Client> {
  const nowSeconds = Math.floor(parts.clock() / 1_000);
  const assertion = parseClientAssertion(credentials.clientAssertion, { issuer: parts.issuer, nowSeconds });
  assertSameClient(assertion, credentials.clientId);
  const client = await parts.clients.find(assertion.clientId);
  const isSigned = await parts.verifyAssertion(assertion, client?.keys ?? []);
  if (client === undefined) throw unauthenticated(assertion, 'unknown_client');
  if (!isSigned) throw unauthenticated(assertion, 'signature');
  if (client.status !== 'active') throw unauthenticated(assertion, 'suspended_client');
  if (!(await parts.replayGuard.use(assertion))) {
    throw new OAuthError(
      'invalid_client',
      'The client assertion was used before: every request needs a new jti',
      {
        reason: 'replay',
        clientId: client.clientId,
      },
    );
  }
  return client;
}

function assertSameClient({ clientId }: ClientAssertion, named: string | undefined): void {
  if (named === undefined || named === clientId) return;
  throw new OAuthError('invalid_client', 'client_id names another client than the client assertion', {
    reason: 'claims',
    clientId,
  });
}

function unauthenticated({ clientId }: ClientAssertion, reason: RefusalReason): OAuthError {
  return new OAuthError('invalid_client', 'Client authentication failed', { reason, clientId });
}
