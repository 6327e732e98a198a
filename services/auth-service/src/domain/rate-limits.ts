import type { Client } from './client.ts';
import { OAuthError, type RefusalReason } from './oauth-error.ts';

/** Uses up one of what a key has per minute. @returns seconds to wait when there is none left */
export type TakeOne = (key: string) => Promise<number | undefined>;

/** A number of something per minute and key, counted over all replicas. */
export interface RateLimit {
  readonly take: TakeOne;
  /** Seconds to wait when nothing is left; takes nothing. */
  readonly waitFor: TakeOne;
}

/** Who asks: the client as it names itself, unproven, and the address; requests from this machine have none and are exempt. */
export interface Asker {
  readonly namedClient: string;
  readonly address: string | undefined;
}

/**
 * What keeps floods and guessing from the OAuth endpoints. Nobody can use up what belongs to another client: its requests
 * for tokens count once it has proved who it is, its failures only together with the address that they come from.
 */
export interface RateLimits {
  /** Every request, before anything is looked at. @throws OAuthError 429 */
  admitAddress(address: string | undefined): Promise<void>;
  /** Before credentials are looked at. @throws OAuthError 429 after too many failures */
  assertFewFailures(asker: Asker): Promise<void>;
  countFailure(asker: Asker): Promise<void>;
  /** A client that asks for a token and has proved who it is. @throws OAuthError 429 */
  admitClient(client: Client): Promise<void>;
}

export function createRateLimits(limits: {
  addresses: RateLimit;
  clients: RateLimit;
  failures: RateLimit;
}): RateLimits {
  const { addresses, clients, failures } = limits;
  return {
    async admitAddress(address) {
      if (address === undefined) return;
      assertNoWait(await addresses.take(address), 'address_rate');
    },
    async assertFewFailures({ namedClient, address }) {
      if (address === undefined) return;
      const wait = await failures.waitFor(failureKey(namedClient, address));
      assertNoWait(wait, 'failure_rate', namedClient);
    },
    async countFailure({ namedClient, address }) {
      if (address !== undefined) await failures.take(failureKey(namedClient, address));
    },
    async admitClient({ clientId }) {
      assertNoWait(await clients.take(clientId), 'client_rate', clientId);
    },
  };
}

const failureKey = (client: string, address: string) => JSON.stringify([client, address]);

function assertNoWait(seconds: number | undefined, reason: RefusalReason, clientId?: string): void {
  if (seconds === undefined) return;
  throw new OAuthError('temporarily_unavailable', `Too many requests: try again in ${seconds} s`, {
    reason,
    status: 429,
    headers: { 'Retry-After': String(seconds) },
    ...(clientId === undefined ? {} : { clientId }),
  });
}
