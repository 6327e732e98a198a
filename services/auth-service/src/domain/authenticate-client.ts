import { setTimeout as delay } from 'node:timers/promises';
import type { AuthMethod } from '@4runr/contracts/agent';
import type { VerifyAssertion } from './assertion-signature.ts';
import type { Client, ClientDirectory } from './client.ts';
import { type ClientAssertion, parseClientAssertion } from './client-assertion.ts';
import type { ClientSecrets } from './client-secret.ts';
import { OAuthError, type RefusalReason } from './oauth-error.ts';

/** Remembers which assertions were used, across replicas. */
export interface ReplayGuard {
  /**
   * Marks an assertion as used.
   *
   * @returns whether it had not been used before
   * @throws when that cannot be known, or not of one as old as this: then nobody may pass
   */
  use(assertion: ClientAssertion): Promise<boolean>;
}

/** How a client says who it is. */
export type ClientCredentials =
  | {
      readonly method: 'private_key_jwt';
      readonly clientAssertion: string;
      /** The `client_id` parameter; not needed beside an assertion, but it must not contradict it (RFC 7521 section 4.2). */
      readonly clientId: string | undefined;
    }
  | { readonly method: 'client_secret_basic'; readonly clientId: string; readonly clientSecret: string };

export interface ClientAuthenticationParts {
  /** `PUBLIC_URL`. */
  readonly issuer: string;
  readonly clients: ClientDirectory;
  readonly verifyAssertion: VerifyAssertion;
  readonly replayGuard: ReplayGuard;
  readonly clientSecrets: Pick<ClientSecrets, 'findKid'>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A client that has proved who it is. */
export interface AuthenticatedClient extends Client {
  /** `kid` of the key or secret that it has proved it with. */
  readonly provenBy: string;
}

/**
 * Authenticates a client by the one method that it is registered for. Unknown clients, suspended ones, wrong keys and wrong
 * secrets, and right ones by the wrong method get the same answer after the same time, however many and large keys a client
 * has: refusals wait until more than the work for any of them has passed.
 *
 * @throws OAuthError `invalid_client`
 */
export async function authenticateClient(
  parts: ClientAuthenticationParts,
  credentials: ClientCredentials,
): Promise<AuthenticatedClient> {
  const startedAt = performance.now();
  try {
    return await (credentials.method === 'private_key_jwt'
      ? authenticateByAssertion(parts, credentials)
      : authenticateBySecret(parts, credentials));
  } catch (error) {
    if (error instanceof OAuthError && untold.has(error.reason)) {
      await delay(Math.max(0, startedAt + refusalMsMin - performance.now()));
    }
    throw error;
  }
}

/** Reasons that depend on who the client is, which no answer may tell. */
const untold: ReadonlySet<RefusalReason> = new Set([
  'unknown_client',
  'auth_method',
  'signature',
  'secret',
  'suspended_client',
]);

/** In milliseconds. Ten keys of RSA-8192, the most that there can be, take about 10 ms. */
const refusalMsMin = 30;

/** RFC 7523 section 2.2. An assertion counts as used only once its signature has proved right. */
async function authenticateByAssertion(
  parts: ClientAuthenticationParts,
  credentials: ClientCredentials & { method: 'private_key_jwt' },
): Promise<AuthenticatedClient> {
  const nowSeconds = Math.floor(parts.clock() / 1_000);
  const assertion = parseClientAssertion(credentials.clientAssertion, { issuer: parts.issuer, nowSeconds });
  assertSameClient(assertion, credentials.clientId);
  const client = await parts.clients.find(assertion.clientId);
  const provenBy = await parts.verifyAssertion(assertion, client?.keys ?? []);
  const refuse = (reason: RefusalReason) => unauthenticated(reason, assertion.clientId);
  const authentic = assertAuthentic(client, {
    provenBy,
    by: 'private_key_jwt',
    refuse,
    unproven: 'signature',
  });
  if (!(await parts.replayGuard.use(assertion))) {
    throw new OAuthError(
      'invalid_client',
      'The client assertion was used before: every request needs a new jti',
      {
        reason: 'replay',
        clientId: authentic.clientId,
      },
    );
  }
  return authentic;
}

/** RFC 6749 section 2.3.1. */
async function authenticateBySecret(
  { clients, clientSecrets }: ClientAuthenticationParts,
  { clientId, clientSecret }: ClientCredentials & { method: 'client_secret_basic' },
): Promise<AuthenticatedClient> {
  const client = await clients.find(clientId);
  const provenBy = clientSecrets.findKid(client?.secrets ?? [], { clientId, secret: clientSecret });
  const refuse = (reason: RefusalReason) => unauthenticated(reason, clientId, 'Basic');
  return assertAuthentic(client, { provenBy, by: 'client_secret_basic', refuse, unproven: 'secret' });
}

function assertAuthentic(
  client: Client | undefined,
  outcome: {
    provenBy: string | undefined;
    by: AuthMethod;
    unproven: RefusalReason;
    refuse: (reason: RefusalReason) => OAuthError;
  },
): AuthenticatedClient {
  const { provenBy, by, unproven, refuse } = outcome;
  if (client === undefined) throw refuse('unknown_client');
  if (client.authMethod !== by) throw refuse('auth_method');
  if (provenBy === undefined) throw refuse(unproven);
  if (client.status !== 'active') throw refuse('suspended_client');
  return { ...client, provenBy };
}

function assertSameClient({ clientId }: ClientAssertion, named: string | undefined): void {
  if (named === undefined || named === clientId) return;
  throw new OAuthError('invalid_client', 'client_id names another client than the client assertion', {
    reason: 'claims',
    clientId,
  });
}

function unauthenticated(reason: RefusalReason, clientId: string, challenge?: string): OAuthError {
  return new OAuthError('invalid_client', 'Client authentication failed', {
    reason,
    clientId,
    ...(challenge === undefined ? {} : { challenge }),
  });
}
